package dev.walvault.prefetch;

import dev.walvault.archive.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A server that runs and recovers: the one it is as long as the process lives. Neither pg_rewind nor a person who fetches a
 * file by hand is one.
 *
 * @param process its process id and when it was started
 */
public record RecoveringServer(String process) {
    /** What recovery asks segments to be put at, and histories; pg_rewind names its files itself. */
    private static final Path SEGMENT = Path.of("pg_wal", "RECOVERYXLOG");

    private static final Path HISTORY = Path.of("pg_wal", "RECOVERYHISTORY");

    private static final int LINE_OF_START = 3;
    private static final Path PROCESSES = Path.of("/proc");

    /** The one whose data directory this is, if it recovers. It tells by files that it removes when it is done. */
    public static Optional<RecoveringServer> of(DataDirectory data) {
        boolean recovers = data.isStandby() || Files.exists(data.path().resolve("recovery.signal"));
        if (!recovers) {
            return Optional.empty();
        }
        try {
            // miscinit.c: the process id, the data directory, the time it was started; more lines come and change later
            List<String> lines = Files.readAllLines(data.path().resolve("postmaster.pid"));
            boolean lives = lines.size() >= LINE_OF_START
                    && Files.exists(PROCESSES.resolve(lines.getFirst().strip()));
            return lives
                    ? Optional.of(new RecoveringServer(lines.getFirst().strip() + "-"
                            + lines.get(LINE_OF_START - 1).strip()))
                    : Optional.empty();
        } catch (IOException | InvalidPathException _) {
            return Optional.empty();
        }
    }

    /** Whether a server in recovery asks for a file to be put there. */
    public static boolean asksAt(Path destination) {
        return destination.endsWith(SEGMENT) || destination.endsWith(HISTORY);
    }
}
