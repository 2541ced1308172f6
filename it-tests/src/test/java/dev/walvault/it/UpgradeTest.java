package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The program is replaced in the middle of everything, as docs/guides/upgrade.md says. The system property
 * walvault.old-program names the directory of an earlier build; without it the program takes its own place.
 */
class UpgradeTest {
    private static final int SEGMENTS = 40;
    private static final int BACKLOG = 12;
    private static final Pattern BACKUP_ID = Pattern.compile("[0-9]{8}T[0-9]{6}Z");

    /** Two installations side by side, and a link that says which one is called. */
    private record Programs(Installation before, Installation after, Path link) {
        static Programs of(Site site) throws IOException {
            Path old = Path.of(
                    System.getProperty("walvault.old-program", Walvault.built().toString()));
            Installation before = Installation.copy(old, site.workspace(), "before");
            return new Programs(
                    before,
                    Installation.copy(Walvault.built(), site.workspace(), "after"),
                    Files.createSymbolicLink(site.workspace().path("current"), before.home()));
        }

        /** The program that the link leads to. */
        Walvault called(Site site) {
            return site.walvault().at(link.resolve("bin/walvault"));
        }

        /** There is no moment without a program. */
        void upgrade() throws IOException {
            Path turned = Files.createSymbolicLink(link.resolveSibling("turned"), after.home());
            Files.move(turned, link, StandardCopyOption.ATOMIC_MOVE);
        }

        void removeOld() throws IOException {
            Workspace.delete(before.home());
        }
    }

    @Test
    void aRecoveryTakesWhatTheProgramBeforeHasFetchedAndGoesOn() throws Exception {
        try (var site =
                Site.start(PostgresBinaries.of(15), setup -> setup.walSegmentMegabytes(1), "prefetch = \"8MB\"")) {
            var programs = Programs.of(site);
            Walvault called = programs.called(site);
            var primary = site.primary();
            primary.sql("CREATE TABLE t (n int)");
            called.run("backup").orThrow();
            for (int n = 0; n < SEGMENTS; n++) {
                primary.sql("INSERT INTO t VALUES (" + n + ")", "SELECT pg_switch_wal()");
            }
            site.archiveAll();
            primary.stop();
            Path copy = site.workspace().path("copy");
            called.run("restore", "-D", copy.toString(), "--archive-mode", "off")
                    .orThrow();
            // the restored server follows the link, as whoever restored it did
            assertThat(copy.resolve("postgresql.auto.conf"))
                    .content()
                    .contains(programs.link().resolve("bin/walvault").toString());

            // slow enough that the upgrade falls into the recovery
            String slow = "sleep 0.1 && " + called.shellCommand("-v", "archive-get", "%f", "%p");
            try (var server = site.open("copy", Map.of("restore_command", slow))) {
                server.launch();
                awaitCount(server, 3);
                ProcessHandle prefetcher = Prefetched.by(site).getFirst();

                programs.upgrade();
                // the call that was under way belonged to the program before; the second after it does not
                awaitCount(server, Prefetched.count(server) + 2);
                assertThat(prefetcher.isAlive()).isTrue();
                programs.removeOld();
                long before = Prefetched.count(server);

                server.awaitUp(Duration.ofMinutes(4));
                server.awaitPromoted(Duration.ofMinutes(4));
                assertThat(server.value("SELECT count(*) FROM t")).isEqualTo(String.valueOf(SEGMENTS));
                assertThat(Prefetched.count(server)).isGreaterThan(before + SEGMENTS / 4);
            }
            Prefetched.requireNothingLeft(site);
        }
    }

    private static void awaitCount(PostgresServer server, long count) throws Exception {
        Condition.await(
                count + " segments had been fetched ahead",
                PATIENCE,
                server::tail,
                () -> Prefetched.count(server) >= count);
    }

    @Test
    void whatTheProgramBeforeHasStoredAheadAndOwesIsKnown() throws Exception {
        try (var site = Site.start(
                PostgresBinaries.of(15),
                setup -> setup.walSegmentMegabytes(1).set("wal_keep_size", "1GB"),
                workspace -> List.of("file://" + workspace.path("first"), "file://" + workspace.path("second")),
                "[archive_push]\ncopies = 1\n")) {
            var programs = Programs.of(site);
            Walvault called = programs.called(site);
            var primary = site.primary();
            site.archiveAll();
            primary.configure("archive_command", "false");
            primary.reload();
            for (int n = 0; n < BACKLOG; n++) {
                primary.switchWal();
            }
            Path second = site.workspace().path("second");
            Path away = Files.move(second, second.resolveSibling("away"));
            String oldest = LookAheadTest.files(site, ".ready").getFirst();
            called.in(primary.dataDirectory())
                    .run("archive-push", "pg_wal/" + oldest)
                    .orThrow();
            List<String> ahead = LookAheadTest.acknowledged(site);
            assertThat(ahead).isNotEmpty().doesNotContain(oldest);
            assertThat(SeveralVaultsTest.owed(site)).hasSizeGreaterThan(ahead.size());

            programs.upgrade();
            programs.removeOld();
            Files.move(away, second);
            SeveralVaultsTest.forgetThatItWasUnreachable(site);
            Path log = site.workspace().write("outcomes", "");
            primary.configure(
                    "archive_command",
                    called.shellCommand("--output", "json", "archive-push", "%p") + " >> \"" + log + "\"");
            primary.reload();
            Condition.await("the second vault is caught up", PATIENCE, () -> {
                primary.awaitArchived(primary.switchWal(), PATIENCE);
                return SeveralVaultsTest.owed(site).isEmpty();
            });
            primary.stop();

            for (String name : ahead) {
                assertThat(Files.readAllLines(log))
                        .filteredOn(line -> line.contains(name))
                        .singleElement()
                        .asString()
                        .contains("\"archived-ahead\"");
            }
            assertThat(segments(second))
                    .isEqualTo(segments(site.workspace().path("first")))
                    .contains(oldest)
                    .containsAll(ahead);
        }
    }

    private static List<String> segments(Path vault) throws IOException {
        try (Stream<Path> files = Files.walk(vault)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("[0-9A-F]{24}"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aBackupOfTheProgramBeforeEndsWellAndTheNextWaitsItsTurn() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            var programs = Programs.of(site);
            Walvault called = programs.called(site);
            var primary = site.primary();
            primary.sql("CREATE TABLE t AS SELECT n FROM generate_series(1, 60000) n");
            String id;
            try (var backup = called.start("backup")) {
                Condition.await(
                        "the backup has begun",
                        PATIENCE,
                        () -> !primary.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted")
                                .isEmpty());
                backup.suspend();
                programs.upgrade();

                Ran refused = called.run("backup");
                assertThat(refused.status()).as(refused.toString()).isEqualTo(ErrorCode.LOCKED.exitStatus());

                backup.resume();
                id = BACKUP_ID
                        .matcher(backup.await(PATIENCE).orThrow().out())
                        .results()
                        .findFirst()
                        .orElseThrow()
                        .group();
            }
            called.run("backup").orThrow();
            programs.removeOld();
            primary.stop();
            try (var server = site.restore("copy", "--backup", id, "--immediate", "--action", "promote")) {
                assertThat(server.value("SELECT count(*) FROM t")).isEqualTo("60000");
            }
        }
    }
}
