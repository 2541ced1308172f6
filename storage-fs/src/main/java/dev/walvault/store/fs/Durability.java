package dev.walvault.store.fs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What has to be synced before a new name below {@code root} survives a power failure. */
final class Durability {
    /**
     * A directory that has had no new entry for so long is on disk without our doing: kernels write back within seconds.
     */
    private static final Duration SETTLED = Duration.ofHours(1);

    private final Path root;
    private final InstantSource clock;

    Durability(Path root, InstantSource clock) {
        this.root = root;
        this.clock = clock;
    }

    /** Makes {@code directory} and the parents that it lacks, down from {@code floor}, which is never made. */
    static void createDirectories(Path directory, @Nullable Path floor) throws IOException {
        if (directory.equals(floor) || Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        if (parent == null) {
            return;
        }
        createDirectories(parent, floor);
        try {
            Files.createDirectory(directory, directoryMode());
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
        syncDirectory(parent);
    }

    /**
     * Makes the names in {@code directory} durable, and its own name up to the root. The directories on the way may have
     * been made a moment ago by another process that did not live to sync them; whether that can be so is told by the
     * modification time of each parent, so that the common case costs one sync and not one per level.
     */
    void ofNamesIn(Path directory) throws IOException {
        syncDirectory(directory);
        Instant recently = clock.instant().minus(SETTLED);
        for (Path parent = directory; !parent.equals(root); ) {
            parent = parent.getParent();
            if (parent == null) {
                return;
            }
            FileTime lastEntry = Files.getLastModifiedTime(parent);
            if (lastEntry.toInstant().isAfter(recently)) {
                syncDirectory(parent);
            }
        }
    }

    /** Makes a file durable that another process wrote; {@code false} if it has gone meanwhile. */
    boolean ofFileIfThere(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (NoSuchFileException e) {
            return false;
        }
        Path directory = file.getParent();
        if (directory != null) {
            ofNamesIn(directory);
        }
        return true;
    }

    /** Makes durable which names are in {@code directory}, new and gone. */
    static void syncDirectory(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // some file systems cannot sync a directory and need not; PostgreSQL's fsync_fname_ext lets these two pass
            // as well
            String reason = FsErrors.reason(e);
            if (!reason.equals("invalid argument") && !reason.equals("bad file descriptor")) {
                throw e;
            }
        }
    }

    static FileAttribute<Set<PosixFilePermission>> fileMode() {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"));
    }

    private static FileAttribute<Set<PosixFilePermission>> directoryMode() {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---"));
    }
}
