package dev.walvault.pg;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.walvault.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A server's {@code postmaster.pid}: which process it is and where it listens (LOCK_FILE_LINE of {@code pidfile.h}).
 * Later lines come and change while the server runs.
 *
 * @param listening empty until the file says so
 */
public record PostmasterFile(Postmaster postmaster, Optional<Listening> listening) {
    /** In a data directory, as long as a server runs or has not ended well. */
    public static final String NAME = "postmaster.pid";

    private static final int LINE_PID = 0;
    private static final int LINE_START = 2;
    private static final int LINE_PORT = 3;
    private static final int LINE_SOCKET_DIRECTORY = 4;

    /**
     * Where a server takes connections.
     *
     * @param socketDirectory of its first UNIX-domain socket; empty if it has none
     */
    public record Listening(int port, Optional<Path> socketDirectory) {}

    /** That of the server in this data directory; empty if there is none, or it cannot be read, or names no process. */
    public static Optional<PostmasterFile> read(Path dataDirectory) {
        try {
            Path file = dataDirectory.resolve(NAME);
            if (!Files.isRegularFile(file)) {
                return Optional.empty();
            }
            // the second line is a directory, in whatever encoding
            List<String> lines = Files.readAllLines(file, ISO_8859_1);
            if (lines.isEmpty()) {
                return Optional.empty();
            }
            String started = lines.size() > LINE_START ? lines.get(LINE_START).strip() : "";
            return Optional.of(new PostmasterFile(
                    new Postmaster(Long.parseLong(lines.get(LINE_PID).strip()), started),
                    listening(dataDirectory, lines)));
        } catch (IOException | IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /** Whether the file is there, whatever it says. */
    public static boolean isIn(Path dataDirectory) {
        return Files.exists(dataDirectory.resolve(NAME), LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether a server runs in this data directory, as far as this host can see. When in doubt it does. */
    public static boolean isServed(Path dataDirectory) {
        Optional<PostmasterFile> file = read(dataDirectory);
        Path there = dataDirectory.resolve(NAME);
        return file.map(read -> read.postmaster().isServer())
                .orElseGet(() -> Files.isRegularFile(there) && !Files.isReadable(there));
    }

    private static Optional<Listening> listening(Path dataDirectory, List<String> lines) {
        if (lines.size() <= LINE_SOCKET_DIRECTORY) {
            return Optional.empty();
        }
        String directory =
                FileNames.decode(lines.get(LINE_SOCKET_DIRECTORY).strip().getBytes(ISO_8859_1));
        return Optional.of(new Listening(
                Integer.parseInt(lines.get(LINE_PORT).strip()),
                directory.isEmpty()
                        ? Optional.empty()
                        : Optional.of(dataDirectory.resolve(FileNames.path(directory)))));
    }
}
