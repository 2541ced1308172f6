package dev.walvault.host;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** What has to be synced before a new name survives a power failure. */
public final class Durability {
    /**
     * A directory that has had no new entry for so long is on disk without our doing: kernels write back within
     * seconds.
     */
    private static final Duration SETTLED = Duration.ofHours(1);

    private final Disk disk;
    private final InstantSource clock;

    public Durability(Disk disk, InstantSource clock) {
        this.disk = disk;
        this.clock = clock;
    }

    /** Makes the names in {@code directory} durable, and its own name with those of all directories above it. */
    public void ofNamesIn(Path directory) throws IOException {
        disk.syncDirectory(directory);
        ofName(directory);
    }

    /** The same, up to the names in {@code top}. */
    public void ofNamesIn(Path directory, Path top) throws IOException {
        disk.syncDirectory(directory);
        ofName(directory, top);
    }

    /** Makes the name of a file or a directory durable, and those of all directories above it. */
    public void ofName(Path path) throws IOException {
        Path absolute = path.toAbsolutePath();
        ofName(absolute, absolute.getRoot());
    }

    /**
     * The directories on the way may have been made a moment ago by another process that did not live to sync them;
     * whether that can be so is told by the modification time of each parent, so that the common case costs no sync
     * here.
     */
    private void ofName(Path path, Path top) throws IOException {
        Instant recently = clock.instant().minus(SETTLED);
        for (Path parent = path; !parent.equals(top); ) {
            parent = parent.getParent();
            if (parent == null) {
                return;
            }
            FileTime lastEntry = Files.getLastModifiedTime(parent);
            if (lastEntry.toInstant().isAfter(recently)) {
                syncAbove(parent);
            }
        }
    }

    /** The same for a file that another process wrote, with its content; {@code false} if it has gone meanwhile. */
    public boolean ofFileIfThere(Path file, Path top) throws IOException {
        try {
            disk.sync(file);
        } catch (NoSuchFileException _) {
            return false;
        }
        ofNamesIn(file.resolveSibling(""), top);
        return true;
    }

    /** What this user may not read, another one has made; PostgreSQL's fsync_parent_path lets it pass as well. */
    private void syncAbove(Path directory) throws IOException {
        try {
            disk.syncDirectory(directory);
        } catch (AccessDeniedException _) {
            // it was there before
        }
    }
}
