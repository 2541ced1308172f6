package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A server that has fallen behind: what one call stores for the calls that follow it. */
class LookAheadTest {
    private static final int BACKLOG = 24;
    private static final int KILLED_BACKLOG = 16;

    /** A server whose archive_command fails, and that has written a number of segments. */
    private static Site behind(int megabytes, int segments) throws Exception {
        // what is archived stays, so that it can be compared
        var site = Site.start(
                PostgresBinaries.of(15),
                setup -> setup.walSegmentMegabytes(megabytes).set("wal_keep_size", "1GB"));
        var primary = site.primary();
        primary.configure("archive_command", "false");
        primary.reload();
        primary.sql("CREATE TABLE t (n int)");
        for (int n = 0; n < segments; n++) {
            primary.sql("INSERT INTO t SELECT generate_series(1, 2000)");
            primary.switchWal();
        }
        return site;
    }

    private static Path status(Site site) {
        return site.primary().dataDirectory().resolve("pg_wal/archive_status");
    }

    /** The files of this state in archive_status, without their suffix. */
    static List<String> files(Site site, String suffix) throws IOException {
        return names(status(site)).stream()
                .filter(name -> name.endsWith(suffix))
                .map(name -> name.substring(0, name.length() - suffix.length()))
                .toList();
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** What was stored before the server asked for it, and is remembered as stored. */
    static List<String> acknowledged(Site site) throws IOException {
        Path spool = site.workspace().path("state/ahead");
        if (!Files.exists(spool)) {
            return List.of();
        }
        String server = names(spool).getFirst();
        return names(spool.resolve(server));
    }

    private static List<String> stored(Site site) throws IOException {
        try (Stream<Path> files = Files.walk(site.vault())) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static void requireServed(Site site, String name) throws Exception {
        Path back = site.workspace().path("back");
        site.walvault()
                .in(site.primary().dataDirectory())
                .run("archive-get", name, back.toString())
                .orThrow();
        assertThat(back)
                .hasSameBinaryContentAs(
                        site.primary().dataDirectory().resolve("pg_wal").resolve(name));
    }

    @Test
    void aServerThatHasFallenBehindIsArchivedByFewCallsAndEveryFileIsServed() throws Exception {
        try (var site = behind(1, BACKLOG)) {
            List<String> queued = files(site, ".ready");
            assertThat(queued).hasSizeGreaterThanOrEqualTo(BACKLOG);
            Path log = site.workspace().write("outcomes", "");
            site.primary()
                    .configure(
                            "archive_command",
                            site.walvault().shellCommand("--output", "json", "archive-push", "%p") + " >> \"" + log
                                    + "\"");
            site.primary().reload();
            site.archiveAll();
            site.primary().stop();

            assertThat(files(site, ".ready")).isEmpty();
            assertThat(files(site, ".done")).containsAll(queued);
            String outcomes = Files.readString(log);
            assertThat(outcomes).doesNotContain("already-archived");
            assertThat(outcomes.lines().filter(line -> line.contains("\"archived-ahead\"")))
                    .hasSizeGreaterThanOrEqualTo(BACKLOG / 2);
            assertThat(acknowledged(site)).isEmpty();
            for (String name : queued) {
                requireServed(site, name);
            }
        }
    }

    @Test
    void aCallThatIsKilledAheadHasAcknowledgedOnlyWhatIsInTheVault() throws Exception {
        try (var site = behind(16, KILLED_BACKLOG)) {
            site.primary().stopImmediately();
            var queue = new ArrayDeque<>(files(site, ".ready"));
            Walvault walvault = site.walvault().in(site.primary().dataDirectory());
            Seeds.forEach(1, random -> {
                int kills = 0;
                while (!queue.isEmpty()) {
                    String name = queue.getFirst();
                    int status;
                    try (var push = walvault.start("archive-push", "pg_wal/" + name)) {
                        // more and more time, so that it comes to an end
                        Thread.sleep(random.nextInt(700 + 50 * kills));
                        push.kill();
                        status = push.await(PATIENCE).status();
                    }
                    assertThat(stored(site)).containsAll(acknowledged(site));
                    if (status == 0) {
                        // as the server does, which never asks for it again
                        Files.move(
                                status(site).resolve(name + ".ready"),
                                status(site).resolve(name + ".done"));
                        queue.removeFirst();
                    } else {
                        kills++;
                    }
                }
            });
            for (String name : files(site, ".done")) {
                requireServed(site, name);
            }
        }
    }
}
