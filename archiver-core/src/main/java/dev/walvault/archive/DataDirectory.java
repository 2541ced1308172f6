package dev.walvault.archive;

import dev.walvault.PostgresException;
import dev.walvault.pg.ControlFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The data directory that a WAL path belongs to. */
public record DataDirectory(Path path) {
    private static final Path PROCESSES = Path.of("/proc");

    /** What the kernel calls a server's first process. */
    private static final Set<String> SERVER_NAMES = Set.of("postgres", "postmaster");

    /**
     * The directory above {@code pg_wal} where the path says so; otherwise the working directory, which the server sets
     * to its data directory.
     */
    public static DataDirectory of(Path walPath, Path workingDirectory) {
        Path parent = workingDirectory.resolve(walPath).normalize().getParent();
        if (parent != null && parent.endsWith("pg_wal") && parent.getParent() != null) {
            return new DataDirectory(parent.getParent());
        }
        return new DataDirectory(workingDirectory);
    }

    /** What {@code global/pg_control} says, or empty if there is none. */
    public Optional<ControlFile> controlFile() throws PostgresException {
        if (!Files.exists(path.resolve(ControlFile.PATH))) {
            return Optional.empty();
        }
        return Optional.of(ControlFile.read(path));
    }

    /** Whether this server is meant to go on following another one. */
    public boolean isStandby() {
        return Files.exists(path.resolve("standby.signal"));
    }

    /** Whether a server runs in it, as far as this host can see. When in doubt it does. */
    public boolean isServed() {
        try {
            List<String> lines = Files.readAllLines(path.resolve("postmaster.pid"));
            if (lines.isEmpty() || !lines.getFirst().strip().matches("[0-9]{1,10}")) {
                return false;
            }
            // a number that a server left when it was killed may be another program's by now
            Path process = PROCESSES.resolve(lines.getFirst().strip());
            return Files.exists(process)
                    && SERVER_NAMES.contains(
                            Files.readString(process.resolve("comm")).strip());
        } catch (NoSuchFileException _) {
            return false;
        } catch (IOException _) {
            return true;
        }
    }
}
