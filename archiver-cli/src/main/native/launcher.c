/*
 * Linked into the native program, where it does what the launcher script does for a JVM.
 *
 * A file that is opened gets the lowest number that is free. If standard output is closed, that is its number, and what
 * is printed would be written into the file. So the first three numbers are never free.
 *
 * For archive-get: a native image that cannot start (a processor without what it was compiled for, no memory for its
 * heap) ends with a small status of its own before any Java runs. PostgreSQL takes 1 to 125 for "not in the archive",
 * ends recovery and promotes. So Java says "absent" with a status of its own, and every other one that is no answer
 * becomes 255. A standby goes on asking after 1, and would be shut down by 255.
 */
#define _DEFAULT_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* as in Installation.java */
enum { ABSENT = 94, IN_DOUBT = 255 };

static int archive_get = 0;

/* linked with --wrap=_exit: Java ends by _exit, a program that cannot start by exit or by returning from main */
extern void __real__exit(int status) __attribute__((noreturn));
void __wrap__exit(int status) __attribute__((noreturn));

static int answer(int status)
{
    status &= 0xFF;
    if (status == 0 || status > 125) {
        return status;
    }
    if (status == ABSENT) {
        return 1;
    }
    fprintf(stderr, "walvault: archive-get ended with status %d and no answer: this is not the end of the WAL\n", status);
    return access("standby.signal", F_OK) == 0 ? 1 : IN_DOUBT;
}

void __wrap__exit(int status)
{
    __real__exit(archive_get ? answer(status) : status);
}

static void at_exit(int status, void *unused)
{
    (void) unused;
    __real__exit(answer(status));
}

static void occupy(int number, int flags)
{
    if (fcntl(number, F_GETFD) < 0 && errno == EBADF && open("/dev/null", flags) < 0) {
        __real__exit(IN_DOUBT);
    }
}

__attribute__((constructor)) static void watch(int count, char **words)
{
    occupy(STDIN_FILENO, O_RDONLY);
    /* to write to it is an error, as it would be without */
    occupy(STDOUT_FILENO, O_RDONLY);
    occupy(STDERR_FILENO, O_WRONLY);
    for (int i = 1; i < count; i++) {
        if (strcmp(words[i], "archive-push") == 0) {
            return;
        }
        if (strcmp(words[i], "archive-get") == 0) {
            archive_get = 1;
            on_exit(at_exit, NULL);
            return;
        }
    }
}
