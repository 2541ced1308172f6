package dev.walvault.archive;

import dev.walvault.pg.WalFile;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What a server has queued for its {@code archive_command}: a file {@code NAME.ready} in {@code archive_status} beside
 * its WAL for each (StatusFilePath of {@code xlog_internal.h}).
 */
final class ReadyFiles {
    private static final String SUFFIX = ".ready";

    /**
     * In which order the server asks: histories of timelines first, then by name (ready_file_comparator of
     * {@code pgarch.c}).
     */
    private static final Comparator<WalFile> ORDER = Comparator.<WalFile, Boolean>comparing(
                    file -> !(file instanceof WalFile.TimelineHistoryFile))
            .thenComparing(WalFile::name);

    private final Path status;

    private ReadyFiles(Path status) {
        this.status = status;
    }

    /** Of the server whose WAL is in this directory. */
    static ReadyFiles of(Path walDirectory) {
        return new ReadyFiles(walDirectory.resolve("archive_status"));
    }

    boolean contains(String name) {
        return Files.exists(status.resolve(name + SUFFIX));
    }

    /** Of those that are wanted, the first so many that the server will ask for. Holds no more of them in memory. */
    List<WalFile> first(int most, Predicate<WalFile> wanted) throws IOException {
        var first = new TreeSet<>(ORDER);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(status)) {
            for (Path file : files) {
                queued(String.valueOf(file.getFileName())).filter(wanted).ifPresent(first::add);
                if (first.size() > most) {
                    first.pollLast();
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return List.copyOf(first);
    }

    /** Empty for what is archived already, and for a name that no WAL has. */
    private static Optional<WalFile> queued(String status) {
        if (!status.endsWith(SUFFIX)) {
            return Optional.empty();
        }
        try {
            return Optional.of(WalFile.parse(status.substring(0, status.length() - SUFFIX.length())));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
