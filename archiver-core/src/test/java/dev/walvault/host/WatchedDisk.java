package dev.walvault.host;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;

/** The real disk, with somebody who is told of each step just before it is done. */
public final class WatchedDisk implements Disk {
    private final Disk real = Disk.ofThisHost();
    private final Watcher watcher;

    /** {@code what}: one of write, force, sync, link, make, rename and remove. */
    @FunctionalInterface
    public interface Watcher {
        void before(String what, Path path);
    }

    public WatchedDisk(Watcher watcher) {
        this.watcher = watcher;
    }

    @Override
    public FileChannel open(Path file, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        watcher.before("write", file);
        return real.open(file, options, attributes);
    }

    @Override
    public void force(FileChannel file) throws IOException {
        watcher.before("force", Path.of(""));
        real.force(file);
    }

    @Override
    public void sync(Path file) throws IOException {
        watcher.before("sync", file);
        real.sync(file);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        watcher.before("sync", directory);
        real.syncDirectory(directory);
    }

    @Override
    public void createLink(Path link, Path existing) throws IOException {
        watcher.before("link", link);
        real.createLink(link, existing);
    }

    @Override
    public void createSymbolicLink(Path link, Path target) throws IOException {
        watcher.before("link", link);
        real.createSymbolicLink(link, target);
    }

    @Override
    public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
        watcher.before("make", directory);
        real.createDirectory(directory, attributes);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        watcher.before("rename", from);
        real.rename(from, to);
    }

    @Override
    public boolean delete(Path path) throws IOException {
        watcher.before("remove", path);
        return real.delete(path);
    }
}
