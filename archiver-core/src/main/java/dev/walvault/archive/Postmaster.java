package dev.walvault.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/**
 * The server of a data directory, by the {@code postmaster.pid} that it keeps there while it runs. One that was killed leaves
 * the file behind.
 *
 * @param process its process id; negative in single-user mode
 * @param started the time of its start, as the file has it
 */
public record Postmaster(long process, String started) {
    private static final int LINE_OF_START = 3;

    /** The one that the file names, whether it lives or not. */
    public static Optional<Postmaster> of(DataDirectory data) {
        try {
            // miscinit.c: the process id, the data directory, the time it was started; more lines come and change later
            List<String> lines = Files.readAllLines(data.path().resolve("postmaster.pid"));
            return lines.size() < LINE_OF_START
                    ? Optional.empty()
                    : Optional.of(new Postmaster(
                            Long.parseLong(lines.getFirst().strip()),
                            lines.get(LINE_OF_START - 1).strip()));
        } catch (IOException | NumberFormatException _) {
            return Optional.empty();
        }
    }

    /** Whether it lives, as far as this user can see, and takes connections: not in single-user mode. */
    public boolean isRunning() {
        return Processes.ofThisHost().isAlive(process);
    }
}
