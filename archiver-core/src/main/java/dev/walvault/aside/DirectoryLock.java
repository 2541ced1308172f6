package dev.walvault.aside;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.archive.LocalFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Held by the one process that works on a data directory. It ends with the process; a file that is left means nothing. */
final class DirectoryLock implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;

    private DirectoryLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes it.
     *
     * @throws dev.walvault.LockException LOCKED if somebody else has it
     */
    static DirectoryLock take(Path directory) throws ArchiverException {
        Path file = directory.resolve(OwnNames.LOCK);
        try {
            var channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (isOurs(file, channel)) {
                return new DirectoryLock(file, channel);
            }
            channel.close();
        } catch (IOException e) {
            throw LocalFiles.cannot("lock", file, e);
        }
        throw Fault.of(ErrorCode.LOCKED, "another walvault is at work in \"" + directory + "\"")
                .hint("Wait until it has finished.")
                .lock();
    }

    /** Locked, and still the file that others would lock: a former holder removes it. */
    @SuppressWarnings("StreamResourceLeak") // closing the channel releases it
    private static boolean isOurs(Path file, FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                return false;
            }
        } catch (OverlappingFileLockException _) {
            return false;
        }
        String name = Long.toString(ProcessHandle.current().pid());
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(name.getBytes(UTF_8)), 0);
        return Files.exists(file) && Files.readString(file).equals(name);
    }

    @Override
    public void close() {
        try (channel) {
            Files.deleteIfExists(file);
        } catch (IOException _) {
            // it means nothing without the process
        }
    }
}
