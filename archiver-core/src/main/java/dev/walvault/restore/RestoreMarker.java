package dev.walvault.restore;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.walvault.FileNames;
import dev.walvault.aside.LockedFile;
import dev.walvault.aside.OwnNames;
import dev.walvault.host.Disk;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * The file that says in a directory that a restore fills it. It is locked for as long as that restore lives, so that
 * others can tell a restore that is under way from one that was interrupted.
 */
final class RestoreMarker {
    static final String NAME = OwnNames.RESTORE_MARKER;

    private final LockedFile file;

    private RestoreMarker(LockedFile file) {
        this.file = file;
    }

    /**
     * Makes the marker, durably, or takes over one whose restore is dead. Empty if a restore holds it, or if nobody can
     * tell.
     *
     * @param text its content, for people and for {@link #places}
     */
    static Optional<RestoreMarker> take(Path directory, String text, Disk disk) throws IOException {
        Optional<LockedFile> taken = LockedFile.take(directory.resolve(NAME), disk);
        if (taken.isEmpty()) {
            return Optional.empty();
        }
        try {
            taken.get().write(UTF_8.encode(text));
        } catch (IOException e) {
            taken.get().remove();
            throw e;
        }
        return taken.map(RestoreMarker::new);
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
        file.remove();
    }

    /** Lets go of the lock and leaves the file: something stays that is not finished. */
    void abandon() throws IOException {
        file.release();
    }
}
