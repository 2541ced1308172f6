package dev.walvault.aside;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.host.LocalFiles;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether what is to be restored has room, on each file system, before anything is changed. */
final class Room {
    private Room() {}

    /**
     * Refuses if there is too little.
     *
     * @param needed bytes by the directory they go to, which need not exist
     * @param freed what is removed before
     */
    static void require(Map<Path, Long> needed, List<Path> freed) throws ArchiverException {
        var byDevice = new LinkedHashMap<Object, Need>();
        for (var each : needed.entrySet()) {
            Path there = existing(each.getKey());
            byDevice.merge(device(there), new Need(there, each.getValue()), Need::plus);
        }
        for (Path each : freed) {
            long size = size(each);
            byDevice.computeIfPresent(device(each), (_, need) -> new Need(need.there, need.bytes - size));
        }
        for (Need need : byDevice.values()) {
            long usable = usable(need.there);
            if (need.bytes > usable) {
                throw tooLittle(need.there, need.bytes, usable, !freed.isEmpty());
            }
        }
    }

    /** So much on one file system, and a directory of it. */
    private record Need(Path there, long bytes) {
        Need plus(Need other) {
            return new Need(there, bytes + other.bytes);
        }
    }

    private static ArchiverException tooLittle(Path there, long needed, long usable, boolean replacing) {
        return Fault.of(ErrorCode.LOCAL_FULL, "the backup does not fit on the file system of \"" + there + "\"")
                .detail("It needs " + megabytes(needed) + (replacing ? " more than the old content has" : "") + "; "
                        + megabytes(usable) + " are free. Nothing was changed.")
                .hint(
                        replacing
                                ? "Make room, or restore elsewhere."
                                : "Make room, or add --replace: the old data directory is removed before the restore, so"
                                        + " there is no way back to it. Its WAL is kept.")
                .host();
    }

    private static String megabytes(long bytes) {
        return Math.ceilDiv(bytes, 1L << 20) + " MB";
    }

    private static Path existing(Path path) {
        Path there = path;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return there;
    }

    private static Object device(Path path) throws ArchiverException {
        try {
            return Mounts.device(path);
        } catch (IOException e) {
            throw LocalFiles.cannot("read", path, e);
        }
    }

    private static long usable(Path path) throws ArchiverException {
        try {
            return Files.getFileStore(path).getUsableSpace();
        } catch (IOException e) {
            throw LocalFiles.cannot("read the free space of", path, e);
        }
    }

    /** What removing a tree frees at least; what cannot be read counts as nothing. */
    private static long size(Path tree) {
        var size = new long[1];
        try {
            Files.walkFileTree(tree, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    size[0] += attributes.isRegularFile() ? attributes.size() : 0;
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException _) {
            return size[0];
        }
        return size[0];
    }
}
