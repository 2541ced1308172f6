package dev.walvault.archive;

import dev.walvault.host.GrowingFiles;
import dev.walvault.host.Landing;
import dev.walvault.host.StateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;

/**
 * Where files for a data directory grow: outside of it, so that only {@code %p} is ever written there, as long as they
 * can be moved into it at once.
 */
final class Arrivals {
    private final StateFiles files;
    private final Path directory;
    private final InstantSource clock;

    Arrivals(StateFiles files, Path directory, InstantSource clock) {
        this.files = files;
        this.directory = directory;
        this.clock = clock;
    }

    Landing of(Handover handover) {
        return new Landing() {
            @Override
            public Path destination() {
                return handover.destination();
            }

            @Override
            public Path begin() throws IOException {
                handover.requireThere();
                return placeFor(handover.destination());
            }

            @Override
            public void land(Path begun) throws IOException {
                handover.give(begun);
            }
        };
    }

    /** Beside the destination where the state directory cannot be used or is on another file system. */
    private Path placeFor(Path destination) throws IOException {
        Path target = destination.toAbsolutePath();
        try {
            Object device = device(Objects.requireNonNull(target.getParent()));
            files.createDirectories(directory);
            if (device(directory).equals(device)) {
                GrowingFiles.sweep(directory, clock);
                return directory.resolve(GrowingFiles.mark());
            }
        } catch (IOException | UnsupportedOperationException _) {
            // then it needs one step less
        }
        GrowingFiles.sweepBeside(target, clock);
        return GrowingFiles.beside(target);
    }

    private static Object device(Path path) throws IOException {
        return Files.getAttribute(path, "unix:dev");
    }
}
