package dev.walvault.archive;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Small files of this host's own, for their owner only, in directories that come and go. */
final class StateFiles {
    /** How often a directory may be removed by another process just before a file is made in it. */
    private static final int ATTEMPTS = 20;

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private StateFiles() {}

    /** Writes a file, over a former one; it is durable when this returns, unless another process has removed it since. */
    static void write(Path file, byte[] content) throws IOException {
        var options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        Path directory = parent(file);
        for (int attempt = 1; ; attempt++) {
            List<Path> changed = createDirectories(directory);
            try (FileChannel channel = FileChannel.open(file, options, OWNER_ONLY)) {
                var bytes = ByteBuffer.wrap(content);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            } catch (NoSuchFileException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                continue;
            }
            sync(directory);
            for (Path each : changed) {
                sync(each);
            }
            return;
        }
    }

    /** Writes a file that may be lost, in place of a former one, whoever had written that. */
    static void note(Path file, String text) throws IOException {
        createDirectories(parent(file));
        Files.deleteIfExists(file);
        try (FileChannel channel =
                FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_ONLY)) {
            channel.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
        }
    }

    /** Makes a directory and what it lacks above, mode 0700; answers those that have a new name in them. */
    static List<Path> createDirectories(Path directory) throws IOException {
        var changed = new ArrayList<Path>();
        create(directory, changed);
        return changed;
    }

    private static void create(Path directory, List<Path> changed) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = parent(directory);
        create(parent, changed);
        try {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        } catch (NoSuchFileException e) {
            create(parent, changed);
            create(directory, changed);
        }
        changed.add(parent);
    }

    /** Makes the names in a directory durable; one that is gone has none that matter. */
    static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (NoSuchFileException _) {
            // whoever removed it had removed what was in it
        }
    }

    /** Removes a file, and the directories above it that are empty then, up to {@code floor}, which stays. */
    static void remove(Path file, Path floor) throws IOException {
        Files.deleteIfExists(file);
        for (Path directory = parent(file); !directory.equals(floor); directory = parent(directory)) {
            try {
                Files.deleteIfExists(directory);
            } catch (IOException _) {
                return; // not empty
            }
        }
    }

    /** The names in a directory, in order; none if it is not there. */
    static List<String> names(Path directory) throws IOException {
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
