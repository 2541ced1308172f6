package dev.walvault.pg;

import dev.walvault.HostException;
import dev.walvault.PostgresException;
import dev.walvault.Presence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The data directory that a WAL path belongs to. */
public record DataDirectory(Path path) {
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
    public Optional<ControlFile> controlFile() throws HostException, PostgresException {
        Path file = path.resolve(ControlFile.PATH);
        try {
            if (!Presence.exists(file)) {
                return Optional.empty();
            }
        } catch (IOException _) {
            // the read says what is wrong with it
        }
        return Optional.of(ControlFile.read(path));
    }

    /** Whether this server is meant to go on following another one. */
    public boolean isStandby() {
        return Files.exists(path.resolve("standby.signal"));
    }

    /**
     * Whether its server recovers from an archive, or will when it is started: it removes these files when it is done.
     */
    public boolean isRecovering() {
        return isStandby() || Files.exists(path.resolve("recovery.signal"));
    }

    /** The server that ran in it last, if it left its mark or runs. */
    public Optional<Postmaster> postmaster() {
        return PostmasterFile.read(path).map(PostmasterFile::postmaster);
    }

    /**
     * Which start of its server this is: what was noted for an earlier one, which may have recovered along another
     * timeline, says nothing of this one.
     */
    public String start() {
        return postmaster()
                .map(postmaster -> postmaster.process() + "/" + postmaster.started())
                .orElse("none");
    }

    /** Whether a server runs in it, as far as this host can see. When in doubt it does. */
    public boolean isServed() {
        return PostmasterFile.isServed(path);
    }
}
