package dev.walvault.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What can be seen of WAL that is fetched ahead of a site's servers. */
final class Prefetched {
    private static final Pattern SERVED = Pattern.compile("had been fetched ahead");

    private Prefetched() {}

    /** How many segments a server was given out of its spool; its archive-get must be verbose. */
    static long count(PostgresServer server) throws IOException {
        return SERVED.matcher(server.log()).results().count();
    }

    /** The processes that fetch. */
    static List<ProcessHandle> by(Site site) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains("archive-prefetch")
                                && line.contains(site.workspace().root().toString()))
                        .isPresent())
                .toList();
    }

    /** The spools of all the servers of a site; beside them there is the lock that they share. */
    static List<Path> spools(Site site) {
        try (Stream<Path> spools = Files.list(site.workspace().path("state/prefetch"))) {
            return spools.filter(Files::isDirectory).toList();
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until all have ended and have cleared up. */
    static void requireNothingLeft(Site site) throws Exception {
        Condition.await(
                "no process and no spool is left",
                Duration.ofSeconds(20),
                () -> by(site) + " " + spools(site),
                () -> by(site).isEmpty() && spools(site).isEmpty());
    }
}
