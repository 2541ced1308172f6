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
                `--output json` an error is also an object on standard output:
                `{"walvault":1,"command":"…","error":{"code":"CONFLICT","status":20,"message":"…","detail":"…","hint":"…"}}`.

                | status | code | meaning |
                |---|---|---|
                | 0 | | done |
                """);
        for (ErrorCode code : ErrorCode.values()) {
            out.append("| %d | `%s` | %s |\n".formatted(code.exitStatus(), code, code.meaning()));
        }
        return out.append("""

                `archive-push` ends with 0 only when the file is durable in the vault, and never with more than 125, beyond
                which PostgreSQL would restart its archiver process instead of trying again.

                `archive-get` ends with 0, 1 or 255, whatever happened: 0 when the file is there, whole and proven; 1 when it
                is proven not to be in the vault; 255 when it cannot tell, a wrong command line or configuration included. PostgreSQL takes 1
                to 125 for the end of the WAL and ends recovery there; 255 stops the server, which can be started again. With
                `standby.signal` in the data directory the doubt is answered with 1, because a standby goes on asking;
                `archive_get.standby_doubt` and `archive_get.recovery_doubt` change either.
                A server that begins its new timeline must not be stopped any more, nor kept waiting: for the history of the
                timeline that it leaves, which it has in `pg_wal`, it is answered 1 without a look into the vault.

                `restore --undo-in-place` ends with 0 when the old files are back, and with 39 when there were none to put
                back. `restore --remove-set-aside` ends with 0 when nothing is set aside any more, also if nothing was.

                A long command that SIGINT or SIGTERM interrupts cleans up and ends with 62. `archive-push` and `archive-get` die
                of the signal at once, which is safe at every moment.
                """).toString();
    }
}
