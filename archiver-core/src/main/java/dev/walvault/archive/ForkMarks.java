package dev.walvault.archive;

import dev.walvault.host.StateFiles;
import dev.walvault.pg.DataDirectory;
import dev.walvault.pg.WalFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.function.Predicate;

/** In which segment a timeline begins that a server asked for a moment ago, and could not be given. */
final class ForkMarks {
    /** The server asks for both within one search. */
    private static final Duration LATELY = Duration.ofMinutes(1);

    private final StateFiles files;
    private final Path directory;
    private final Predicate<Path> own;
    private final InstantSource clock;

    /** @param own whether only this user can have written a file and put it there */
    ForkMarks(StateFiles files, Path directory, Predicate<Path> own, InstantSource clock) {
        this.files = files;
        this.directory = directory;
        this.own = own;
        this.clock = clock;
    }

    /**
     * The last one of the server whose {@code pg_wal} this is; empty if it is none of the last minute.
     *
     * @param start of that server, see {@link DataDirectory#start}
     */
    Optional<WalFile.Segment> lately(Path walDirectory, String start) {
        try {
            Path mark = fileOf(walDirectory);
            if (!Files.exists(mark) || !own.test(mark)) {
                return Optional.empty();
            }
            String[] words = Files.readString(mark).split(" ", 3);
            Duration age = Duration.between(Instant.parse(words[0]), clock.instant());
            boolean lately =
                    words.length == 3 && words[2].equals(start) && !age.isNegative() && age.compareTo(LATELY) < 0;
            return lately && WalFile.parse(words[1]) instanceof WalFile.Segment segment
                    ? Optional.of(segment)
                    : Optional.empty();
        } catch (IOException | DateTimeParseException | IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /** Whether what is noted is found again. */
    boolean isUsable() {
        try {
            files.createDirectories(directory);
        } catch (IOException _) {
            return false;
        }
        return own.test(directory) && Files.isWritable(directory);
    }

    void mark(Path walDirectory, String start, WalFile.Segment segment) throws IOException {
        files.note(fileOf(walDirectory), clock.instant() + " " + segment.name() + " " + start);
    }

    private Path fileOf(Path walDirectory) throws IOException {
        return directory.resolve(LocalState.nameOf(walDirectory));
    }
}
