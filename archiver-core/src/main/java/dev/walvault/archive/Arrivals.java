package dev.walvault.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.walvault.pipe.ContentDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;

/**
 * Where files for a data directory grow: outside of it, so that only {@code %p} is ever written there, as long as they can
 * be renamed into it.
 */
final class Arrivals {
    /** What nobody has written to for so long was left by a call that was killed. */
    private static final Duration LEFT_BEHIND = Duration.ofHours(1);

    private final Path directory;
    private final InstantSource clock;

    Arrivals(Path directory, InstantSource clock) {
        this.directory = directory;
        this.clock = clock;
    }

    Landing at(Path destination) {
        return new Landing() {
            @Override
            public Path destination() {
                return destination;
            }

            @Override
            public Path begin() throws IOException {
                // an older version may have left it
                Files.deleteIfExists(Landing.beside(destination));
                Path begun = placeFor(destination);
                // of a call that was killed; nobody else uses this name while recovery waits for us
                Files.deleteIfExists(begun);
                return begun;
            }

            @Override
            public void land(Path begun) throws IOException {
                Landing.move(begun, destination);
            }
        };
    }

    /** Beside the destination where the state directory cannot be used or is on another file system. */
    private Path placeFor(Path destination) {
        Path target = destination.toAbsolutePath();
        try {
            Object device = device(Objects.requireNonNull(target.getParent()));
            StateFiles.createDirectories(directory);
            if (device(directory).equals(device)) {
                sweep();
                return directory.resolve(
                        ContentDigest.of(target.toString().getBytes(UTF_8)).hex());
            }
        } catch (IOException | UnsupportedOperationException _) {
            // then it needs one rename less
        }
        return Landing.beside(destination);
    }

    private static Object device(Path path) throws IOException {
        return Files.getAttribute(path, "unix:dev");
    }

    private void sweep() throws IOException {
        Instant newest = clock.instant().minus(LEFT_BEHIND);
        for (String name : StateFiles.names(directory)) {
            Path file = directory.resolve(name);
            if (Files.getLastModifiedTime(file).toInstant().isBefore(newest)) {
                Files.deleteIfExists(file);
            }
        }
    }
}
