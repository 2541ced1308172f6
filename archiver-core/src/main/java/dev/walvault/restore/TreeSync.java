package dev.walvault.restore;

import dev.walvault.ArchiverException;
import dev.walvault.host.Disk;
import dev.walvault.host.LocalFiles;
import dev.walvault.work.Workers;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes directory trees durable, file by file and directory by directory. Done at the end and by several threads: by
 * then the operating system has written most of it, and the disk can sort what is left.
 */
final class TreeSync {
    /** So many paths go to a thread at once. */
    private static final int BATCH = 128;

    private final Predicate<Path> excluded;
    private final Disk disk;
    private final Workers workers;
    private List<Path> batch = new ArrayList<>();

    private TreeSync(Predicate<Path> excluded, Disk disk, Workers workers) {
        this.excluded = excluded;
        this.disk = disk;
        this.workers = workers;
    }

    /** Links are not followed: each root is a directory itself. */
    static void trees(List<Path> roots, Predicate<Path> excluded, Disk disk, Workers workers) throws ArchiverException {
        var sync = new TreeSync(excluded, disk, workers);
        for (Path root : roots) {
            try {
                sync.walk(root);
            } catch (IOException e) {
                throw e instanceof ArchiverException known ? known : LocalFiles.cannot("read", root, e);
            }
        }
        sync.flush();
        workers.join();
    }

    private void sync(Path path) throws ArchiverException {
        try {
            if (Files.isDirectory(path)) {
                disk.syncDirectory(path);
            } else {
                disk.sync(path);
            }
        } catch (IOException e) {
            throw LocalFiles.cannot("sync", path, e);
        }
    }

    private void walk(Path root) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
                return excluded.test(path) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (file.equals(root)) {
                    throw new NotDirectoryException(root.toString());
                }
                if (attributes.isRegularFile() && !excluded.test(file)) {
                    add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path path, @Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                add(path);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private void add(Path path) throws ArchiverException {
        batch.add(path);
        if (batch.size() == BATCH) {
            flush();
        }
    }

    private void flush() throws ArchiverException {
        List<Path> paths = batch;
        batch = new ArrayList<>();
        workers.submit(() -> {
            for (Path path : paths) {
                workers.check();
                sync(path);
            }
        });
    }
}
