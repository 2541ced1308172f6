package dev.walvault.cli.command;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.cli.console.Invocation;
import dev.walvault.cli.settings.Setting;
import dev.walvault.pg.DataDirectory;
import dev.walvault.pg.Postmaster;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * What {@code archive-get} returns when it does not know: stop, because PostgreSQL takes 1 to 125 for the end of the
 * WAL and promotes. A standby does not end recovery by that, goes on asking, and is better off with 1.
 */
public final class Doubt {
    private static final int ABSENT = ErrorCode.ABSENT.exitStatus();
    private static final int STOP = ErrorCode.DOUBT.exitStatus();

    private static final String HISTORY_OF_FIRST = new WalFile.TimelineHistoryFile(TimelineId.FIRST).name();

    private Doubt() {}

    /** The status, and a line that says why; asks as little as possible of a program that has just failed. */
    public static int answer(Invocation invocation, String[] arguments) {
        DataDirectory data = dataDirectory(invocation.shell().directory(), List.of(arguments));
        boolean ended = isBeyondRecovery(data, List.of(arguments));
        boolean standby = data.isStandby();
        boolean stop = !ended && isStop(invocation, standby);
        String outcome = stop
                ? "recovery must stop"
                : ended
                        ? "recovery has ended, and the server has that file itself"
                        : standby
                                ? "the standby goes on asking; promoted now, it would end with the WAL that it has"
                                : "archive_get.recovery_doubt says to take it for absent";
        invocation.console().line("LOG", "cannot tell whether the file that was asked for is in the vault; " + outcome);
        return stop ? STOP : ABSENT;
    }

    /**
     * Whether the server begins its new timeline. It has removed its signal file already when it asks for the history
     * of the timeline that it leaves. Stopped now and started again, it would go on along that timeline, past its
     * target. It keeps that history in its pg_wal, and timeline 1 has none.
     */
    static boolean isBeyondRecovery(DataDirectory data, List<String> arguments) {
        boolean asked = arguments.stream().anyMatch(argument -> argument.endsWith("pg_wal/RECOVERYHISTORY"));
        if (!asked
                || data.isRecovering()
                || !data.postmaster().map(Postmaster::isServer).orElse(false)) {
            return false;
        }
        return arguments.stream()
                .filter(argument -> argument.matches("[0-9A-F]{8}\\.history"))
                .anyMatch(history -> history.equals(HISTORY_OF_FIRST)
                        || Files.isRegularFile(data.path().resolve("pg_wal").resolve(history)));
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
