package dev.walvault.prefetch;

import dev.walvault.pg.WalFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A segment in the spool, which was proven while it was written; {@code NAME.LENGTH.INODE.MTIME} is the name of its
 * file. As long as the file is still the one that its name tells of, it is what was proven, and need not be read again.
 *
 * @param length in bytes
 * @param inode of the file that was written
 * @param modified in nanoseconds since 1970: when the file is said to have been written last, which is before it was. A
 *     write since then gives it a time that differs, however coarse the file system's clock is.
 */
record SpooledSegment(WalFile.Segment segment, long length, long inode, long modified) {
    private static final int PARTS = 4;

    /** That of a file which was written to its end; gives it its time. */
    static SpooledSegment mark(WalFile.Segment segment, Path written) throws IOException {
        Instant last = Files.getLastModifiedTime(written).toInstant();
        Files.setLastModifiedTime(
                written, FileTime.from(last.truncatedTo(ChronoUnit.SECONDS).minusSeconds(1)));
        return of(segment, written);
    }

    private static SpooledSegment of(WalFile.Segment segment, Path file) throws IOException {
        var attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return new SpooledSegment(
                segment,
                attributes.size(),
                (long) Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS),
                attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS));
    }

    /** Whether this is the file, and nobody has written to it. */
    boolean isStill(Path file) throws IOException {
        return of(segment, file).equals(this);
    }

    String fileName() {
        return segment.name() + "." + length + "." + inode + "." + modified;
    }

    /** Empty for any other file. */
    static Optional<SpooledSegment> parse(String fileName) {
        String[] parts = fileName.split("\\.", -1);
        if (parts.length != PARTS) {
            return Optional.empty();
        }
        try {
            return WalFile.parse(parts[0]) instanceof WalFile.Segment segment
                    ? Optional.of(new SpooledSegment(
                            segment,
                            Long.parseUnsignedLong(parts[1]),
                            Long.parseUnsignedLong(parts[2]),
                            Long.parseLong(parts[3])))
                    : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
