package dev.walvault.aside;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.host.Disk;
import dev.walvault.host.LocalFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Held by the one process that works on a data directory. */
final class DirectoryLock implements AutoCloseable {
    private final LockedFile file;

    private DirectoryLock(LockedFile file) {
        this.file = file;
    }

    /**
     * Takes it.
     *
     * @throws dev.walvault.LockException LOCKED if somebody else has it
     */
    static DirectoryLock take(Path directory, Disk disk) throws ArchiverException {
        Path file = directory.resolve(OwnNames.LOCK);
        Optional<LockedFile> taken;
        try {
            taken = LockedFile.take(file, disk);
        } catch (IOException e) {
            throw LocalFiles.cannot("lock", file, e);
        }
        return taken.map(DirectoryLock::new)
                .orElseThrow(() -> Fault.of(ErrorCode.LOCKED, "another walvault is at work in \"" + directory + "\"")
                        .hint("Wait until it has finished.")
                        .lock());
    }

    @Override
    public void close() {
        try {
            file.remove();
        } catch (IOException _) {
            // it means nothing without the process
        }
    }
}
