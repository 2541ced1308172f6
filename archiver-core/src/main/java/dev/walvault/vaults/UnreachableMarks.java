package dev.walvault.vaults;

import dev.walvault.host.StateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.function.Predicate;

/**
 * Which vaults did not answer a moment ago, so that not every call waits for them again. A mark is advice: it is not
 * durable, and one that cannot be written or read is as none.
 */
public final class UnreachableMarks {
    private static final Duration LATELY = Duration.ofSeconds(30);

    private final StateFiles files;
    private final Path directory;
    private final Predicate<Path> own;
    private final InstantSource clock;

    /** @param own whether only this user can have written a file and put it there */
    UnreachableMarks(StateFiles files, Path directory, Predicate<Path> own, InstantSource clock) {
        this.files = files;
        this.directory = directory;
        this.own = own;
        this.clock = clock;
    }

    /** Whether it could not be reached within the last half minute. */
    public boolean lately(ConfiguredVault vault) {
        if (!own.test(file(vault))) {
            return false;
        }
        try {
            Instant marked = Instant.parse(Files.readString(file(vault)));
            Duration age = Duration.between(marked, clock.instant());
            return !age.isNegative() && age.compareTo(LATELY) < 0;
        } catch (IOException | DateTimeParseException _) {
            return false;
        }
    }

    /** It could not be reached. */
    public void mark(ConfiguredVault vault) {
        try {
            files.note(file(vault), clock.instant().toString());
        } catch (IOException _) {
            // the next call finds out by itself
        }
    }

    /** It can be reached again. */
    public void clear(ConfiguredVault vault) {
        try {
            files.remove(file(vault));
        } catch (IOException _) {
            // it grows old by itself
        }
    }

    private Path file(ConfiguredVault vault) {
        return directory.resolve(vault.fileName());
    }
}
