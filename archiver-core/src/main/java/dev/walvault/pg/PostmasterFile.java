package dev.walvault.pg;

import dev.walvault.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A server's {@code postmaster.pid}: which process it is and where it listens (LOCK_FILE_LINE of {@code pidfile.h}).
 *
 * @param socketDirectory of its first UNIX-domain socket; empty if it has none
 */
public record PostmasterFile(long pid, int port, Optional<Path> socketDirectory) {
    private static final String NAME = "postmaster.pid";

    private static final int LINE_PID = 0;
    private static final int LINE_PORT = 3;
    private static final int LINE_SOCKET_DIRECTORY = 4;

    /** That of the server in this data directory; empty if there is none, or it cannot be read, or is not whole yet. */
    public static Optional<PostmasterFile> read(Path dataDirectory) {
        try {
            List<String> lines = Files.readAllLines(dataDirectory.resolve(NAME));
            if (lines.size() <= LINE_SOCKET_DIRECTORY) {
                return Optional.empty();
            }
            String directory = lines.get(LINE_SOCKET_DIRECTORY).strip();
            return Optional.of(new PostmasterFile(
                    Long.parseLong(lines.get(LINE_PID).strip()),
                    Integer.parseInt(lines.get(LINE_PORT).strip()),
                    directory.isEmpty()
                            ? Optional.empty()
                            : Optional.of(dataDirectory.resolve(FileNames.path(directory)))));
        } catch (IOException | IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
