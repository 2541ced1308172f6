package dev.walvault.archive;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Where a file grows while it is not proven yet, and where it appears, whole, when it is. */
public interface Landing {
    /** Where it will appear, for messages. */
    Path destination();

    /** Which file to write; nothing is there when this returns. */
    Path begin() throws IOException;

    /**
     * Lets the file appear that was written.
     *
     * @param begun what {@link #begin} answered; it is gone when this returns
     */
    void land(Path begun) throws IOException;

    /** Renames a file onto another, which appears whole or not at all although it may be on another file system. */
    static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException _) {
            Path beside = beside(to);
            try {
                Files.copy(from, beside, StandardCopyOption.REPLACE_EXISTING);
                Files.move(beside, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                Files.delete(from);
            } finally {
                Files.deleteIfExists(beside);
            }
        }
    }

    /** The temporary name of a file in its own directory. */
    static Path beside(Path file) {
        return file.resolveSibling(file.getFileName() + ".walvault");
    }
}
