package dev.walvault.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Small files of this host's own, for their owner only, in directories that come and go. */
public final class StateFiles {
    /** How often a directory may be removed by another process just before a file is made in it. */
    private static final int ATTEMPTS = 20;

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Disk disk;
    private final Durability durability;

    public StateFiles(Disk disk, InstantSource clock) {
        this.disk = disk;
        this.durability = new Durability(disk, clock);
    }

    /**
     * Writes a file, over a former one; it is durable when this returns, unless another process has removed it since.
     */
    public void write(Path file, byte[] content) throws IOException {
        var options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        Path directory = parent(file);
        for (int attempt = 1; ; attempt++) {
            createDirectories(directory);
            try (FileChannel channel = disk.open(file, options, OWNER_ONLY)) {
                if (content.length > 0) {
                    write(channel, content);
                    disk.force(channel);
                }
                break;
            } catch (NoSuchFileException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
        try {
            durability.ofNamesIn(directory);
        } catch (NoSuchFileException _) {
            // whoever removed a directory had removed what was in it
        }
    }

    /** Writes a file that may be lost or torn, in place of a former one, whoever had written that. */
    public void note(Path file, byte[] content) throws IOException {
        createDirectories(parent(file));
        disk.delete(file);
        try (FileChannel channel =
                disk.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_ONLY)) {
            write(channel, content);
        } catch (FileAlreadyExistsException _) {
            // another process was as fast: its note is as good
        }
    }

    public void note(Path file, String text) throws IOException {
        note(file, text.getBytes(UTF_8));
    }

    private static void write(FileChannel channel, byte[] content) throws IOException {
        var bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Makes a directory and what it lacks above, mode 0700. */
    public void createDirectories(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = parent(directory);
        createDirectories(parent);
        try {
            disk.createDirectory(directory, OWNER_ONLY_DIRECTORY);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        } catch (NoSuchFileException _) {
            createDirectories(directory);
        }
    }

    /** Removes a file. */
    public void remove(Path file) throws IOException {
        disk.delete(file);
    }

    /** Removes a file, and the directories above it that are empty then, up to {@code floor}, which stays. */
    public void remove(Path file, Path floor) throws IOException {
        remove(file);
        for (Path directory = parent(file); !directory.equals(floor); directory = parent(directory)) {
            try {
                disk.delete(directory);
            } catch (IOException _) {
                return; // not empty
            }
        }
    }

    /** The names in a directory, in order; none if it is not there. */
    public static List<String> names(Path directory) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            return children.map(child -> String.valueOf(child.getFileName()))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (UncheckedIOException e) {
            // a disk that fails while the directory is read
            throw e.getCause();
        }
    }

    private static Path parent(Path path) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null) {
            throw new NoSuchFileException(path.toString());
        }
        return parent;
    }
}
