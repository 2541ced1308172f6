package dev.walvault.aside;

import dev.walvault.host.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file by which one process keeps others out. Its lock ends with the process, so a file that is left means nothing.
 *
 * <p>The kernel forgets all locks that a process has on a file as soon as the process closes any descriptor of that
 * file (fcntl(2)). So while this is held nothing in this process may open the file by its name, not even to read it.
 */
public final class LockedFile {
    private final Disk disk;
    private final Path file;
    private final FileChannel channel;

    private LockedFile(Disk disk, Path file, FileChannel channel) {
        this.disk = disk;
        this.file = file;
        this.channel = channel;
    }

    /**
     * Makes the file, or takes over one whose process is dead. Empty if a process holds it, or if nobody can tell:
     * where locks are not supported, only a file that was not there before is ours.
     */
    public static Optional<LockedFile> take(Path file, Disk disk) throws IOException {
        @Nullable Object former = key(file);
        boolean made = former == null;
        FileChannel channel;
        try {
            channel = made
                    ? disk.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))
                    : disk.open(file, Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
        } catch (FileAlreadyExistsException | NoSuchFileException _) {
            return Optional.empty();
        }
        try {
            // one that was locked may have been removed by its process meanwhile
            if (isLocked(channel, made) && (made || Objects.equals(former, key(file)))) {
                return Optional.of(new LockedFile(disk, file, channel));
            }
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        return Optional.empty();
    }

    private static boolean isLocked(FileChannel channel, boolean made) {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException _) {
            return false;
        } catch (IOException _) {
            return made;
        }
    }

    private static @Nullable Object key(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
        } catch (NoSuchFileException _) {
            return null;
        }
    }

    /** Gives it this content; file and name are durable when this returns. */
    public void write(ByteBuffer content) throws IOException {
        channel.truncate(0);
        while (content.hasRemaining()) {
            channel.write(content);
        }
        disk.force(channel);
        disk.syncDirectory(file.toAbsolutePath().resolveSibling(""));
    }

    /** Removes the file, and lets go of the lock. */
    public void remove() throws IOException {
        // first, so that who finds the file without its lock finds nothing a moment later
        try (channel) {
            disk.delete(file);
        }
    }

    /** Lets go of the lock and leaves the file. */
    public void release() throws IOException {
        channel.close();
    }
}
