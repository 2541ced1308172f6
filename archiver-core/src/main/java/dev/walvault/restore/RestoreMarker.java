package dev.walvault.restore;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.walvault.FileNames;
import dev.walvault.aside.OwnNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The file that says in a directory that a restore fills it. It is locked for as long as that restore lives, so that others
 * can tell a restore that is under way from one that was interrupted.
 */
final class RestoreMarker {
    static final String NAME = OwnNames.RESTORE_MARKER;

    private final Path file;
    private final FileChannel channel;

    private RestoreMarker(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Makes the marker, or takes over one whose restore is dead. Empty if a restore holds it, or if nobody can tell.
     *
     * @param text its content, for people and for {@link #places}
     */
    static Optional<RestoreMarker> take(Path directory, String text) throws IOException {
        Path file = directory.resolve(NAME);
        @Nullable Object former = key(file);
        boolean made = former == null;
        FileChannel channel;
        try {
            channel = made
                    ? FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)
                    : FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        } catch (FileAlreadyExistsException | NoSuchFileException _) {
            return Optional.empty();
        }
        boolean ours = false;
        try {
            // one that was locked may have been removed by its restore meanwhile
            ours = lock(channel, made) && (made || Objects.equals(former, key(file)));
            if (!ours) {
                channel.close();
                return Optional.empty();
            }
            channel.truncate(0);
            ByteBuffer content = UTF_8.encode(text);
            while (content.hasRemaining()) {
                channel.write(content);
            }
            channel.force(true);
            return Optional.of(new RestoreMarker(file, channel));
        } catch (IOException e) {
            channel.close();
            if (ours) {
                Files.deleteIfExists(file);
            }
            throw e;
        }
    }

    /** Where locks are not supported, only what was not there before is ours. */
    private static boolean lock(FileChannel channel, boolean made) {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException _) {
            return false;
        } catch (IOException _) {
            return made;
        }
    }

    private static @Nullable Object key(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
        } catch (NoSuchFileException _) {
            return null;
        }
    }

    static boolean isIn(Path directory) {
        return Files.exists(directory.resolve(NAME), LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether the restore that made this directory's marker is known to live. */
    static boolean isHeld(Path directory) {
        try (var channel = FileChannel.open(directory.resolve(NAME), StandardOpenOption.WRITE)) {
            return channel.tryLock() == null;
        } catch (OverlappingFileLockException _) {
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    /** The directories that the restore fills, as this directory's marker lists them; empty if it does not say. */
    static List<Path> places(Path directory) {
        try {
            return Files.readAllLines(directory.resolve(NAME), UTF_8).stream()
                    .skip(1)
                    .map(FileNames::path)
                    .toList();
        } catch (IOException | IllegalArgumentException _) {
            return List.of();
        }
    }

    static String text(List<Path> places) {
        var text =
                new StringBuilder("A restore by walvault into these directories is under way, or was interrupted:\n");
        places.forEach(place -> text.append(FileNames.text(place)).append('\n'));
        return text.toString();
    }

    void remove() throws IOException {
        // first, so that who finds the file without its lock finds nothing a moment later
        Files.deleteIfExists(file);
        channel.close();
    }

    /** Lets go of the lock and leaves the file: something stays that is not finished. */
    void abandon() throws IOException {
        channel.close();
    }
}
