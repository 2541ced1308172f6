package dev.walvault.host;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;

/**
 * The changes to this machine's files that a promise depends on, each of them one step. Reading needs no seam, nor does
 * writing to a channel that was opened here: it is the channel of the JDK itself.
 *
 * <p>After a power failure a file has the content that was there when it was last forced; of what was written since,
 * any part may be there or not. A directory has the names that were there when it was last synced; of what was made,
 * renamed or removed since, each may be as it was before or as it was then. A test takes the place of this with a
 * double that makes use of every such liberty.
 */
public interface Disk {
    /** The real one. */
    static Disk ofThisHost() {
        return new HostDisk();
    }

    /** Opens a file, or makes it. */
    FileChannel open(Path file, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException;

    /** Makes the content of a file durable that was opened here; not its name. */
    void force(FileChannel file) throws IOException;

    /** Makes the content of a file durable, whoever has written it; not its name. */
    void sync(Path file) throws IOException;

    /** Makes the names in a directory durable; not its own. */
    void syncDirectory(Path directory) throws IOException;

    /** Gives a file one name more; never takes the place of another file. */
    void createLink(Path link, Path existing) throws IOException;

    void createSymbolicLink(Path link, Path target) throws IOException;

    void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException;

    /**
     * Renames, at once and over a file that is there; never copies.
     *
     * @throws java.nio.file.AtomicMoveNotSupportedException if that is another file system
     */
    void rename(Path from, Path to) throws IOException;

    /** Removes a name; returns whether it was there. */
    boolean delete(Path path) throws IOException;
}
