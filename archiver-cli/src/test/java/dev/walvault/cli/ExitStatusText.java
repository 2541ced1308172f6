package dev.walvault.cli;

import dev.walvault.ErrorCode;

/** The table of exit statuses as a page of documentation. */
final class ExitStatusText {
    private ExitStatusText() {}

    static String markdown() {
        var out = new StringBuilder("""
                # Exit statuses

                <!-- printed from ErrorCode.java by ReferencePagesTest; change it there -->

                Names and numbers never change their meaning. Treat a status that is not listed as failure. With
                `--output json` and `jsonl` an error is also printed to standard output, as an object `error` with
                `code`, `message`, `detail`, `status` and `hint`: see [JSON](../JSON.md).

                | status | code | meaning |
                |---|---|---|
                | 0 | | done |
                """);
        for (ErrorCode code : ErrorCode.values()) {
            out.append("| %d | `%s` | %s |\n".formatted(code.exitStatus(), code, code.meaning()));
        }
        return out.append("""

                `archive-push` returns 0 only when the file is durable in the vault. It never returns more than 125,
                because then PostgreSQL would restart its archiver process instead of trying again.

                `archive-get` returns only 0, 1 or 255:

                | status | what it means |
                |---|---|
                | 0 | the file was fetched and verified |
                | 1 | the file is proven not to be in the vault |
                | 255 | it is not known whether it is; also after a wrong command line or configuration |

                PostgreSQL takes 1 to 125 for the end of the WAL, and ends recovery there. 255 stops the server,
                which can be started again. If `standby.signal` is in the data directory, doubt is 1 instead,
                because a standby asks again by itself. `archive_get.standby_doubt` and
                `archive_get.recovery_doubt` change this.

                There is one exception. A server that ends recovery asks for the history of the timeline that it
                leaves, which it has in `pg_wal`. It must not be stopped or kept waiting then, so 1 is returned
                without asking the vault.

                `restore --undo-in-place` returns 0 when the old files are back, and 39 when there were none to
                put back. `restore --remove-set-aside` returns 0 when no old files are set aside any more, even if
                there were none.

                A long command that is interrupted by SIGINT or SIGTERM cleans up and returns 62. Only the probes
                of `doctor` may stay in the vault, until it is run an hour later. `archive-push` and
                `archive-get` die of the signal at once, which is safe at any moment.

                A command whose output is lost, because a disk is full or standard output is closed, returns 35.
                """).toString();
    }
}
