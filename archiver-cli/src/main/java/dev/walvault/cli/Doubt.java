package dev.walvault.cli;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.archive.DataDirectory;
import dev.walvault.cli.settings.Setting;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * What {@code archive-get} answers when it does not know: stop, because PostgreSQL takes 1 to 125 for the end of the WAL
 * and promotes. A standby does not end recovery by that, goes on asking, and is better off with 1.
 */
final class Doubt {
    private static final int ABSENT = ErrorCode.ABSENT.exitStatus();
    private static final int STOP = ErrorCode.DOUBT.exitStatus();

    private Doubt() {}

    /** The status, and a line that says why; asks as little as possible of a program that has just failed. */
    static int answer(Invocation invocation, String[] arguments) {
        boolean standby = dataDirectory(invocation.shell().directory(), List.of(arguments))
                .isStandby();
        boolean stop = isStop(invocation, standby);
        String outcome = stop
                ? "recovery must stop"
                : standby
                        ? "the standby goes on asking; promoted now, it would end with the WAL that it has"
                        : "archive_get.recovery_doubt says to take it for absent";
        invocation.console().line("LOG", "cannot tell whether the file that was asked for is in the vault; " + outcome);
        return stop ? STOP : ABSENT;
    }

    private static boolean isStop(Invocation invocation, boolean standby) {
        try {
            return invocation
                    .settings()
                    .require(standby ? Setting.STANDBY_DOUBT : Setting.RECOVERY_DOUBT)
                    .equals("stop");
        } catch (ArchiverException | RuntimeException _) {
            return !standby;
        }
    }

    /** Of {@code %p}, wherever it stands; the server runs its commands in the data directory. */
    private static DataDirectory dataDirectory(Path workingDirectory, List<String> arguments) {
        for (String argument : arguments.reversed()) {
            try {
                Path path = Path.of(argument);
                DataDirectory data = DataDirectory.of(path, workingDirectory);
                if (argument.contains("pg_wal") && !data.path().equals(workingDirectory)) {
                    return data;
                }
            } catch (InvalidPathException _) {
                // that was not it
            }
        }
        return new DataDirectory(workingDirectory);
    }
}
