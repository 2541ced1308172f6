package dev.walvault.prefetch;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Held by the one {@link Prefetcher} of a spool as long as its process lives. All spools share a file, which therefore
 * never has to be removed; each has a byte of it, which need not exist.
 */
final class PrefetchLock implements AutoCloseable {
    private final FileChannel channel;

    private PrefetchLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Takes it unless somebody else has it. */
    static Optional<PrefetchLock> tryAcquire(Path file, long which) throws IOException {
        var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (isFree(channel, which, false)) {
            return Optional.of(new PrefetchLock(channel));
        }
        channel.close();
        return Optional.empty();
    }

    /** Whether somebody else has it. */
    static boolean isHeld(Path file, long which) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return !isFree(channel, which, true);
        } catch (NoSuchFileException _) {
            return false;
        }
    }

    @SuppressWarnings("StreamResourceLeak") // closing the channel releases it
    private static boolean isFree(FileChannel channel, long which, boolean shared) throws IOException {
        try {
            FileLock lock = channel.tryLock(which, 1, shared);
            return lock != null;
        } catch (OverlappingFileLockException _) {
            // somebody else in this very process
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
