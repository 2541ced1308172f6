package dev.walvault.it;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The ordinary user that servers, clients and walvault run as: the caller, or for root {@code postgres} or else
 * {@code nobody}, since PostgreSQL refuses to run as root.
 */
public final class ServerUser {
    private static final List<Path> FOLDERS =
            List.of(Path.of("/usr/bin"), Path.of("/bin"), Path.of("/usr/sbin"), Path.of("/sbin"));

    private final String name;
    private final List<String> prefix;
    private final Optional<UserPrincipal> dropped;

    private ServerUser(String name, List<String> prefix, Optional<UserPrincipal> dropped) {
        this.name = name;
        this.prefix = List.copyOf(prefix);
        this.dropped = dropped;
    }

    /** The user of this JVM's servers, found once. */
    public static ServerUser current() {
        return Found.USER;
    }

    public String name() {
        return name;
    }

    /** Whether this JVM is root and its processes are not. */
    public boolean isDropped() {
        return dropped.isPresent();
    }

    /** What to execute so that {@code command} runs as this user. */
    public List<String> command(List<String> command) {
        var whole = new ArrayList<>(prefix);
        whole.addAll(command);
        return whole;
    }

    /** Gives a file or directory that this JVM made to the user. */
    public void own(Path path) throws IOException {
        if (dropped.isPresent()) {
            Files.getFileAttributeView(path, FileOwnerAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setOwner(dropped.get());
        }
    }

    /** Whether the user can execute this file: a clone under root's home is often out of reach. */
    public boolean canExecute(Path file) {
        if (dropped.isEmpty()) {
            return Files.isExecutable(file);
        }
        return output(command(List.of("test", "-x", file.toString()))).isPresent();
    }

    private static ServerUser find() {
        if (!isRoot()) {
            return new ServerUser(System.getProperty("user.name"), List.of(), Optional.empty());
        }
        for (String candidate : List.of("postgres", "nobody")) {
            var user = lookUp(candidate);
            if (user.isPresent()) {
                return new ServerUser(candidate, prefixFor(candidate), user);
            }
        }
        throw new IllegalStateException(
                "PostgreSQL refuses root, and there is no user \"postgres\" or \"nobody\" to drop to");
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<UserPrincipal> lookUp(String user) {
        try {
            return Optional.of(
                    Path.of("/").getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user));
        } catch (UserPrincipalNotFoundException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> prefixFor(String user) {
        // setpriv first: it becomes the program, while runuser stays its parent and would take a signal meant for it
        var setpriv = executable("setpriv");
        if (setpriv.isPresent()) {
            return List.of(
                    setpriv.get().toString(),
                    "--reuid=" + id(user, "-u"),
                    "--regid=" + id(user, "-g"),
                    "--init-groups",
                    "--");
        }
        var runuser = executable("runuser")
                .orElseThrow(() -> new IllegalStateException(
                        "PostgreSQL refuses root, and neither setpriv nor runuser (package util-linux) is installed"));
        return List.of(runuser.toString(), "-u", user, "--");
    }

    private static String id(String user, String what) {
        return output(List.of("id", what, user))
                .orElseThrow(() -> new IllegalStateException("id " + what + " " + user + " failed"));
    }

    private static Optional<Path> executable(String program) {
        return FOLDERS.stream()
                .map(folder -> folder.resolve(program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The output of a short command, or nothing when it failed. */
    private static Optional<String> output(List<String> command) {
        try {
            var process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .directory(new File("/"))
                    .start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Optional.empty();
            }
            return process.exitValue() == 0 ? Optional.of(text) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted at " + command, e);
        }
    }

    private static final class Found {
        static final ServerUser USER = find();
    }
}
