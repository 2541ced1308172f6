package dev.walvault.host;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names for files that are not whole yet. No two calls ever have the same one, and each tells which process writes the
 * file: what a dead one has left can be told from what a living one writes.
 */
public final class GrowingFiles {
    /** What nobody has written to for so long is given up, whoever has begun it. */
    private static final Duration LEFT_BEHIND = Duration.ofHours(1);

    /** The process may be in another container, where it lives and cannot be seen. */
    private static final Duration LEFT_BY_THE_DEAD = Duration.ofMinutes(1);

    private static final String BESIDE = ".walvault-";
    private static final Pattern MARK = Pattern.compile("(\\d{1,18})-(\\d{1,18})-[0-9a-f]{16}");

    private GrowingFiles() {}

    /** A name of this process's own: digits, the letters a to f and hyphens. */
    public static String mark() {
        Processes.ProcessId self = Processes.ofThisHost().self();
        return "%d-%d-%016x"
                .formatted(
                        self.id(), self.started(), ThreadLocalRandom.current().nextLong());
    }

    /** In the directory of the file that it is going to be. */
    public static Path beside(Path file) {
        return file.resolveSibling(file.getFileName() + BESIDE + mark());
    }

    /** Removes what is abandoned of what was begun in a directory of such files only. */
    public static void sweep(Path directory, InstantSource clock) throws IOException {
        sweep(directory, "", clock);
    }

    /** The same of what was begun beside a file. */
    public static void sweepBeside(Path file, InstantSource clock) throws IOException {
        sweep(file.resolveSibling(""), file.getFileName() + BESIDE, clock);
    }

    private static void sweep(Path directory, String start, InstantSource clock) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(
                directory, file -> String.valueOf(file.getFileName()).startsWith(start))) {
            for (Path file : files) {
                String mark = String.valueOf(file.getFileName()).substring(start.length());
                if (isAbandoned(file, mark, clock.instant())) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (NoSuchFileException _) {
            // somebody else has removed it
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static boolean isAbandoned(Path file, String mark, Instant now) throws IOException {
        Instant written = Files.getLastModifiedTime(file).toInstant();
        if (written.isBefore(now.minus(LEFT_BEHIND))) {
            return true;
        }
        return written.isBefore(now.minus(LEFT_BY_THE_DEAD))
                && maker(mark)
                        .filter(maker -> !Processes.ofThisHost().isAlive(maker))
                        .isPresent();
    }

    private static Optional<Processes.ProcessId> maker(String mark) {
        Matcher parts = MARK.matcher(mark);
        return parts.matches()
                ? Optional.of(new Processes.ProcessId(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2))))
                : Optional.empty();
    }
}
