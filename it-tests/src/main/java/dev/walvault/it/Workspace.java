package dev.walvault.it;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A temporary directory that belongs to the {@link ServerUser}, with all that one test makes. Closing deletes it,
 * unless the JVM runs with {@code -Dkeep=true}; a workspace that nobody closed goes with the JVM.
 */
public final class Workspace implements Closeable {
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    /** To delete it: some seconds. */
    private static final int MOST_TRIES = 50;

    private final Path root;

    private Workspace(Path root) {
        this.root = root;
    }

    /** A new one; keep the name short, because sockets lie in it and their paths end at 107 bytes. */
    public static Workspace create(String name) throws IOException {
        var root = createDirectory(name);
        ServerUser.current().own(root);
        var workspace = new Workspace(root);
        Cleanup.register(workspace);
        return workspace;
    }

    /** As Files.createTempDirectory does, but with a name that a person can read in a command. */
    private static Path createDirectory(String name) throws IOException {
        var parent = Path.of(System.getProperty("java.io.tmpdir"));
        while (true) {
            String suffix =
                    HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt(), 6);
            try {
                return Files.createDirectory(parent.resolve("walvault-" + name + "-" + suffix), PRIVATE);
            } catch (FileAlreadyExistsException e) {
                // the next number then
            }
        }
    }

    public Path root() {
        return root;
    }

    /** A path in it, whether there is anything or not. */
    public Path path(String relative) {
        return root.resolve(relative);
    }

    /** A directory of the user's, mode 0700, made with its parents where missing. */
    public Path directory(String relative) throws IOException {
        var directory = root;
        for (Path part : Path.of(relative)) {
            directory = directory.resolve(part);
            if (!Files.isDirectory(directory)) {
                Files.createDirectory(directory, PRIVATE);
                ServerUser.current().own(directory);
            }
        }
        return directory;
    }

    /** A file of the user's, mode 0600, written over where there is one. */
    public Path write(String relative, String text) throws IOException {
        var file = root.resolve(relative);
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        ServerUser.current().own(file);
        return file;
    }

    /** Makes it stay. */
    public void keep() {
        Cleanup.forget(this);
    }

    @Override
    public void close() throws IOException {
        Cleanup.forget(this);
        if (!Boolean.getBoolean("keep")) {
            deleteAtLast();
        }
    }

    /** A call that fetches ahead in the background may outlive its server for a moment, and write meanwhile. */
    private void deleteAtLast() throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                delete(root);
                return;
            } catch (DirectoryNotEmptyException e) {
                if (tries == MOST_TRIES) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
        }
    }

    /** Deletes a tree, if it is there, also where a test took its permissions away. */
    public static void delete(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
            try (Stream<Path> children = Files.list(path)) {
                for (Path child : children.toList()) {
                    delete(child);
                }
            } catch (NoSuchFileException e) {
                return;
            }
        }
        Files.deleteIfExists(path);
    }
}
