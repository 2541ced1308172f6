package dev.walvault.aside;

import dev.walvault.ArchiverException;
import dev.walvault.Fault;
import dev.walvault.FileNames;
import dev.walvault.host.Disk;
import dev.walvault.host.LocalFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The changes to directories that a restore in place is made of. Links are not followed. */
final class Changes {
    private static final Set<StandardOpenOption> WRITTEN_ANEW =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);

    private final Disk disk;

    Changes(Disk disk) {
        this.disk = disk;
    }

    /** Whether both lead to the same place; not, if either cannot be looked at. */
    static boolean isSame(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException _) {
            return false;
        }
    }

    static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    static String name(Path path) {
        return FileNames.lastName(path);
    }

    static List<Path> entries(Path directory, Predicate<String> which) throws ArchiverException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(entry -> which.test(name(entry))).sorted().toList();
        } catch (IOException e) {
            throw LocalFiles.cannot("read", directory, e);
        }
    }

    /** Makes a directory with the mode of another one, and makes that durable. */
    void makeLike(Path model, Path directory) throws ArchiverException {
        try {
            disk.createDirectory(directory);
            Files.setPosixFilePermissions(directory, Files.getPosixFilePermissions(model));
        } catch (IOException e) {
            throw LocalFiles.cannot("create", directory, e);
        }
        syncParent(directory);
    }

    /** Writes a file, over a former one, whole or not at all; it is durable when this returns. */
    void write(Path file, byte[] content) throws ArchiverException {
        Path temporary = file.resolveSibling(FileNames.path(name(file) + ".tmp"));
        try {
            try (var channel = disk.open(temporary, WRITTEN_ANEW)) {
                var bytes = ByteBuffer.wrap(content);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                disk.force(channel);
            }
            disk.rename(temporary, file);
        } catch (IOException e) {
            throw LocalFiles.cannot("write", file, e);
        }
        syncParent(file);
    }

    /**
     * Moves entries from one directory into another; durable when this returns, and a crash on the way loses none. So
     * are those that a killed call has moved before.
     */
    void move(List<Path> entries, Path from, Path to) throws ArchiverException {
        for (Path entry : entries) {
            rename(entry, to.resolve(entry.getFileName()));
        }
        sync(to);
        sync(from);
    }

    /** Renames; never copies. Durable when both directories are synced. */
    void rename(Path from, Path to) throws ArchiverException {
        try {
            disk.rename(from, to);
        } catch (AtomicMoveNotSupportedException e) {
            throw Fault.from(LocalFiles.cannot("rename", from, e))
                    .detail("The file system cannot rename it to \"" + to + "\".")
                    .hint("Stop here, or move the old data directory away yourself and restore without --in-place.")
                    .host();
        } catch (IOException e) {
            throw LocalFiles.cannot("move aside, or back,", from, e);
        }
    }

    void delete(Path path) throws ArchiverException {
        try {
            disk.delete(path);
        } catch (IOException e) {
            throw LocalFiles.cannot("remove", path, e);
        }
    }

    /** Removes a file, or a directory with everything in it. */
    void deleteTree(Path path) throws ArchiverException {
        try {
            Files.walkFileTree(path, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    disk.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                    if (e != null) {
                        throw e;
                    }
                    disk.delete(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw LocalFiles.cannot("remove", path, e);
        }
    }

    /** Makes the names in a directory durable. */
    void sync(Path directory) throws ArchiverException {
        try {
            disk.syncDirectory(directory);
        } catch (IOException e) {
            throw LocalFiles.cannot("sync", directory, e);
        }
    }

    /** Makes the name of a file or directory durable. */
    void syncParent(Path path) throws ArchiverException {
        Path parent = path.getParent();
        if (parent != null) {
            sync(parent);
        }
    }
}
