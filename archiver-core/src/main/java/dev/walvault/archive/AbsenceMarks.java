package dev.walvault.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.walvault.host.StateFiles;
import dev.walvault.pg.DataDirectory;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.ContentDigest;
import dev.walvault.vaults.UnreachableMarks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.function.Predicate;

/**
 * Which files were proven a moment ago to have nothing behind them, so that a standby that asks again and again does
 * not have a vault listed each time. Whether the file itself has come is asked every time. A mark is advice, as that of
 * {@link UnreachableMarks}.
 */
final class AbsenceMarks {
    private static final Duration LATELY = Duration.ofSeconds(15);

    private final StateFiles files;
    private final Path directory;
    private final Predicate<Path> own;
    private final InstantSource clock;

    /** @param own whether only this user can have written a file and put it there */
    AbsenceMarks(StateFiles files, Path directory, Predicate<Path> own, InstantSource clock) {
        this.files = files;
        this.directory = directory;
        this.own = own;
        this.clock = clock;
    }

    /**
     * @param place what tells the member of this vault from all others
     * @param start of the server that asks, see {@link DataDirectory#start}: what is behind a file depends on its line
     */
    boolean lately(String place, String start, WalFile file) {
        Path mark = fileOf(place, file);
        if (!own.test(mark)) {
            return false;
        }
        try {
            String[] words = Files.readString(mark).split(" ", 3);
            Duration age = Duration.between(Instant.parse(words[0]), clock.instant());
            return words.length == 3
                    && words[1].equals(file.name())
                    && words[2].equals(start)
                    && !age.isNegative()
                    && age.compareTo(LATELY) < 0;
        } catch (IOException | DateTimeParseException _) {
            return false;
        }
    }

    void mark(String place, String start, WalFile file) {
        try {
            files.note(fileOf(place, file), clock.instant() + " " + file.name() + " " + start);
        } catch (IOException _) {
            // the next call lists once more
        }
    }

    /** One for segments and one for histories: a standby asks for either in turn. */
    private Path fileOf(String place, WalFile file) {
        String kind = file instanceof WalFile.TimelineHistoryFile ? ".history" : ".segment";
        return directory.resolve(ContentDigest.of(place.getBytes(UTF_8)).hex() + kind);
    }
}
