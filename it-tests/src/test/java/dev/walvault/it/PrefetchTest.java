package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Servers recover while WAL is fetched ahead of them, and nothing that happens to that shows in what they recover. */
class PrefetchTest {
    /** A JVM for each segment takes its time. */
    private static final Duration LONG = Duration.ofMinutes(4);

    private static final int BEFORE_SECOND_BACKUP = 25;
    private static final int ON_FIRST_TIMELINE = 40;
    private static final int ON_SECOND_TIMELINE = 10;
    private static final String ALL_ROWS = String.valueOf(ON_FIRST_TIMELINE + ON_SECOND_TIMELINE);

    private static final Pattern BACKUP_ID = Pattern.compile("[0-9]{8}T[0-9]{6}Z");

    private static Site site;
    private static String firstBackup = "";

    /**
     * Forty segments on one timeline, ten on the next; a server that takes the second backup needs half of them. Eight
     * may be fetched ahead.
     */
    @BeforeAll
    static void aLongWayToRecover() throws Exception {
        site = Site.start(PostgresBinaries.of(15), setup -> setup.walSegmentMegabytes(1), "prefetch = \"8MB\"");
        site.primary().sql("CREATE TABLE t (n int)");
        firstBackup = BACKUP_ID
                .matcher(site.ok("backup"))
                .results()
                .findFirst()
                .orElseThrow()
                .group();
        write(site.primary(), BEFORE_SECOND_BACKUP);
        site.ok("backup");
        write(site.primary(), ON_FIRST_TIMELINE - BEFORE_SECOND_BACKUP);
        site.primary().stop();
        site.restoreOnly("second", "--archive-mode", "preserve");
        try (var second = site.open("second", Map.of())) {
            recover(second);
            write(second, ON_SECOND_TIMELINE);
            second.stop();
        }
    }

    private static void write(PostgresServer server, int segments) throws Exception {
        for (int n = 1; n < segments; n++) {
            server.sql("INSERT INTO t VALUES (" + n + ")", "SELECT pg_switch_wal()");
        }
        server.sql("INSERT INTO t VALUES (" + segments + ")");
        server.awaitArchived(server.switchWal(), PATIENCE);
    }

    @AfterAll
    static void close() throws IOException {
        site.close();
    }

    /** A restored server whose archive-get tells what it does. */
    private static PostgresServer restored(String name, String... options) throws Exception {
        // they all stay the servers that they are: none may begin a timeline in the vault
        site.restoreOnly(
                name,
                Stream.concat(Stream.of("--archive-mode", "off"), Stream.of(options))
                        .toArray(String[]::new));
        return site.open(name, Map.of("restore_command", verbose()));
    }

    private static String verbose() {
        return site.walvault().shellCommand("-v", "archive-get", "%f", "%p");
    }

    private static void recover(PostgresServer server) throws Exception {
        if (!server.isRunning()) {
            server.launch();
        }
        server.awaitUp(LONG);
        server.awaitPromoted(LONG);
    }

    private static void requireAllRows(PostgresServer server) throws Exception {
        assertThat(server.value("SELECT count(*) FROM t")).isEqualTo(ALL_ROWS);
    }

    private static ProcessHandle awaitPrefetcher(PostgresServer server) throws Exception {
        Condition.await("something is fetched ahead", PATIENCE, server::tail, () -> Prefetched.count(server) > 0);
        return Prefetched.by(site).getFirst();
    }

    private static void requireOnlyWalInDataDirectory(PostgresServer server) throws IOException {
        try (Stream<Path> files = Files.walk(server.dataDirectory())) {
            assertThat(files.map(file -> file.getFileName().toString())).noneMatch(name -> name.contains("walvault"));
        }
        try (Stream<Path> files = Files.list(server.dataDirectory().resolve("pg_wal"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .allMatch(name -> name.matches("[0-9A-F]{24}(\\.partial)?|[0-9A-F]{8}\\.history|archive_status"));
        }
    }

    @Test
    void serversRecoverAcrossATimelineSwitchOutOfTheirOwnSpools() throws Exception {
        try (var one = restored("one", "--backup", firstBackup);
                var two = restored("two", "--backup", firstBackup, "--timeline", "1")) {
            one.launch();
            recover(two);
            recover(one);

            requireAllRows(one);
            assertThat(two.value("SELECT count(*) FROM t")).isEqualTo(String.valueOf(ON_FIRST_TIMELINE));
            assertThat(Prefetched.count(one)).isGreaterThan(10);
            assertThat(Prefetched.count(two)).isGreaterThan(10);
            assertThat(one.log()).containsPattern("\"00000002[0-9A-F]{16}\" had been fetched ahead");
            requireOnlyWalInDataDirectory(one);
            Prefetched.requireNothingLeft(site);
        }
    }

    @Test
    void aStandbyCatchesUpAndThenAsksWithoutOne() throws Exception {
        try (var standby = restored("standby", "--standby")) {
            standby.launch();
            standby.awaitUp(LONG);
            Condition.await(
                    "all rows",
                    LONG,
                    () -> standby.value("SELECT count(*) FROM t").equals(ALL_ROWS));
            assertThat(Prefetched.count(standby)).isGreaterThan(5);
            Condition.await(
                    "no process is left",
                    Duration.ofSeconds(30),
                    () -> Prefetched.by(site).isEmpty());

            // it asks for the same segment every five seconds now
            for (int look = 0; look < 60; look++) {
                Thread.sleep(200);
                assertThat(Prefetched.by(site)).isEmpty();
            }
            assertThat(standby.isInRecovery()).isTrue();
        }
        Prefetched.requireNothingLeft(site);
    }

    @Test
    void whoeverKillsIt() throws Exception {
        try (var server = restored("killed")) {
            server.launch();
            ProcessHandle prefetcher = awaitPrefetcher(server);

            prefetcher.destroyForcibly();

            recover(server);
            requireAllRows(server);
            requireOnlyWalInDataDirectory(server);
        }
        Condition.await(
                "no process is left",
                Duration.ofSeconds(20),
                () -> Prefetched.by(site).isEmpty());
        // one that is killed when its server has recovered already cannot clear up, and nobody asks any more
        for (Path spool : Prefetched.spools(site)) {
            Workspace.delete(spool);
        }
    }

    @Test
    void whateverIsPutIntoTheSpool() throws Exception {
        try (var server = restored("planted")) {
            server.launch();
            awaitPrefetcher(server);
            long planted = 0;
            while (server.isRunning() && Files.exists(server.dataDirectory().resolve("recovery.signal"))) {
                planted += plant();
            }
            recover(server);

            assertThat(planted).isPositive();
            requireAllRows(server);
            Prefetched.requireNothingLeft(site);
        }
    }

    /** Spoils the segments that are there, and counts them. */
    private static long plant() throws IOException {
        long count = 0;
        for (Path spool : Prefetched.spools(site)) {
            try (Stream<Path> files = Files.list(spool)) {
                for (Path file : files.toList()) {
                    if (file.getFileName().toString().matches("[0-9A-F]{24}(\\.[0-9]+){3}")) {
                        spoil(file);
                        count++;
                    }
                }
            } catch (NoSuchFileException | UncheckedIOException _) {
                // it was taken, or all is over
            }
        }
        return count;
    }

    /** By another file in its place: one that the server has taken already is none of ours. */
    private static void spoil(Path file) throws IOException {
        Path garbage = site.workspace().path("garbage");
        byte[] content = Files.readAllBytes(file);
        content[content.length / 3] ^= 1;
        Files.write(garbage, content);
        ServerUser.current().own(garbage);
        Files.move(garbage, file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void aVaultThatGoesAwayInTheMiddleStopsTheServerWhateverWasFetched() throws Exception {
        try (var server = restored("away")) {
            server.launch();
            awaitPrefetcher(server);
            Path hidden = site.vault().resolveSibling("vault.away");
            Files.move(site.vault(), hidden);
            try {
                server.awaitEnd(LONG);
            } finally {
                Files.move(hidden, site.vault());
            }
            assertThat(server.log()).contains("recovery must stop").doesNotContain("archive recovery complete");

            recover(server);
            requireAllRows(server);
        }
        Prefetched.requireNothingLeft(site);
    }

    @Test
    void pgRewindIsServedBackwardsAndAlone() throws Exception {
        try (var own = Site.start(
                PostgresBinaries.of(15),
                setup -> setup.walSegmentMegabytes(1)
                        .set("wal_keep_size", "0")
                        .set("min_wal_size", "2MB")
                        .set("max_wal_size", "2MB"))) {
            var primary = own.primary();
            primary.sql("CREATE TABLE t (n int)");
            own.ok("backup");
            own.archiveAll();
            try (var second = own.restore("promoted", "--archive-mode", "preserve")) {
                write(primary, 8);
                primary.sql("CHECKPOINT", "INSERT INTO t VALUES (9)", "SELECT pg_switch_wal()", "CHECKPOINT");
                own.archiveAll();
                primary.stop();
                Prefetched.requireNothingLeft(own);
                Path requests = own.workspace().path("requests");
                primary.configure(
                        "restore_command",
                        own.walvault().shellCommand("archive-get", "%f", "%p", "--output", "json") + " >> " + requests);

                Program.of(
                                primary.binaries().require("pg_rewind").toString(),
                                "--restore-target-wal",
                                "--target-pgdata=" + primary.dataDirectory(),
                                "--source-server=host=" + second.host() + " port=" + second.port()
                                        + " user=postgres dbname=postgres")
                        .run()
                        .orThrow();

                assertThat(Files.readAllLines(requests))
                        .hasSizeGreaterThan(2)
                        .allMatch(line -> line.contains("\"from\":\"vault\""));
                assertThat(Prefetched.by(own)).isEmpty();
                assertThat(Prefetched.spools(own)).isEmpty();
                assertThat(own.workspace().path("state/arriving")).isEmptyDirectory();
                requireOnlyWalInDataDirectory(primary);
            }
        }
    }
}
