package dev.walvault.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;

/**
 * Which vaults did not answer a moment ago, so that not every call waits for them again. A mark is advice: it is not durable,
 * and one that cannot be written or read is as none.
 */
final class AwayMarks {
    private static final Duration LATELY = Duration.ofSeconds(30);

    private final Path directory;
    private final InstantSource clock;

    AwayMarks(Path directory, InstantSource clock) {
        this.directory = directory;
        this.clock = clock;
    }

    boolean lately(ConfiguredVault vault) {
        try {
            Instant marked = Instant.parse(Files.readString(file(vault)));
            Duration age = Duration.between(marked, clock.instant());
            return !age.isNegative() && age.compareTo(LATELY) < 0;
        } catch (IOException | DateTimeParseException _) {
            return false;
        }
    }

    void mark(ConfiguredVault vault) {
        try {
            StateFiles.createDirectories(directory);
            Files.writeString(file(vault), clock.instant().toString());
        } catch (IOException _) {
            // the next call finds out by itself
        }
    }

    void clear(ConfiguredVault vault) {
        try {
            Files.deleteIfExists(file(vault));
        } catch (IOException _) {
            // it grows old by itself
        }
    }

    private Path file(ConfiguredVault vault) {
        return directory.resolve(LocalState.nameOf(vault));
    }
}
