package dev.walvault.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a server wrote while no vault could be reached, and what becomes of it when that server dies. */
class SalvageTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static Path away(Site site) {
        return site.vault().resolveSibling("vault.away");
    }

    /** A server with five rows, two of which it wrote while the vault was unreachable, just before it was killed. */
    private static Site withRowsThatAreNotArchived() throws Exception {
        Site site = Site.start(PostgresBinaries.of(15));
        site.primary().sql("CREATE TABLE t (i int)", "INSERT INTO t SELECT generate_series(1, 3)");
        site.ok("backup");
        site.workspace().write("archived", site.primary().value("SELECT clock_timestamp()"));
        site.primary().sql("CREATE TABLE behind_that_time ()");
        site.archiveAll();
        Files.move(site.vault(), away(site));
        site.primary().sql("INSERT INTO t SELECT generate_series(4, 5)");
        site.primary().kill();
        Files.move(away(site), site.vault());
        return site;
    }

    private static String rows(PostgresServer server) throws Exception {
        return server.value("SELECT count(*) FROM t");
    }

    @Test
    void theRowsOfADeadServerAreBackWithItsTail() throws Exception {
        try (var site = withRowsThatAreNotArchived()) {
            String directory = site.primary().dataDirectory().toString();

            assertThat(site.ok("salvage", directory)).contains(".partial; it goes on to ");
            assertThat(site.ok("salvage", directory)).startsWith("stored 0 files");

            Ran plain = site.walvault()
                    .run("restore", "-D", site.workspace().path("plain").toString());
            assertThat(plain.err()).contains("WARNING:  the vault also has ", "--with-tail recovers it, too");
            String archived = Files.readString(site.workspace().path("archived"));
            Ran before = site.walvault()
                    .run("restore", "-D", site.workspace().path("before").toString(), "--to-time", archived);
            assertThat(before.orThrow().err()).doesNotContain("--with-tail");
            try (var server = site.restore("copy", "--with-tail")) {
                assertThat(rows(server)).isEqualTo("5");
            }
        }
    }

    @Test
    void theTailOfAnOlderCopyIsNotTaken() throws Exception {
        try (var site = withRowsThatAreNotArchived()) {
            var primary = site.primary();
            Path older = site.workspace().path("older");
            Program.of("cp", "-a", primary.dataDirectory().toString(), older.toString())
                    .run()
                    .orThrow();
            primary.start();
            primary.sql("INSERT INTO t VALUES (6)");
            primary.kill();

            site.ok("salvage", primary.dataDirectory().toString());
            site.ok("salvage", older.toString());

            try (var server = site.restore("copy", "--with-tail")) {
                assertThat(rows(server)).isEqualTo("6");
            }
        }
    }

    @Test
    void aRestoreWithoutTheTailDoesNotHideItFromTheNext() throws Exception {
        try (var site = withRowsThatAreNotArchived()) {
            site.ok("salvage", site.primary().dataDirectory().toString());
            try (var server = site.restore("first", "--archive-mode", "preserve")) {
                assertThat(rows(server)).isEqualTo("3");
                server.awaitArchived(server.switchWal(), PATIENCE);
            }

            Ran second = site.walvault()
                    .run("restore", "-D", site.workspace().path("second").toString());
            assertThat(second.status()).as(second.toString()).isEqualTo(26);
            assertThat(second.err()).contains("not clear along which timeline");
            try (var server = site.restore("third", "--timeline", "1", "--with-tail", "--archive-mode", "preserve")) {
                assertThat(rows(server)).isEqualTo("5");
                server.awaitArchived(server.switchWal(), PATIENCE);
            }
        }
    }

    @Test
    void theTailOfTheFirstSegmentOfATimelineIsRecovered() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            var primary = site.primary();
            site.writeBehindPoint("fork");
            primary.stop();
            var promoted =
                    site.restore("new", "--to-point", "fork", "--action", "promote", "--archive-mode", "preserve");
            promoted.sql("INSERT INTO t VALUES (2), (3)");
            promoted.kill();
            site.ok("salvage", promoted.dataDirectory().toString());

            Ran without = site.walvault()
                    .run("restore", "-D", site.workspace().path("without").toString(), "--timeline", "2");
            assertThat(without.status()).as(without.toString()).isEqualTo(22);
            assertThat(without.err()).contains("--with-tail recovers that");
            try (var server = site.restore("copy", "--timeline", "2", "--with-tail")) {
                assertThat(rows(server)).isEqualTo("3");
            }
        }
    }

    @Test
    void theDeadServerMayStillBeStartedAndArchivesTheFinishedSegment() throws Exception {
        try (var site = withRowsThatAreNotArchived()) {
            site.ok("salvage", site.primary().dataDirectory().toString());

            site.primary().start();
            site.primary().sql("INSERT INTO t VALUES (6)");
            site.archiveAll();

            assertThat(site.primary().value("SELECT failed_count FROM pg_stat_archiver"))
                    .isEqualTo("0");
            try (var server = site.restore("copy")) {
                assertThat(rows(server)).isEqualTo("6");
            }
        }
    }

    @Test
    void theSegmentThatALiveServerWritesIsNotStored() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            String current = site.primary().value("SELECT pg_walfile_name(pg_current_wal_lsn())");
            Path segment = site.primary().dataDirectory().resolve("pg_wal").resolve(current);

            Ran ran = site.walvault().run("archive-push", segment.toString());

            assertThat(ran.status()).as(ran.toString()).isEqualTo(27);
            assertThat(ran.err()).contains("is the one that the server is writing", "SELECT pg_switch_wal()");
            Ran salvage = site.walvault()
                    .run("salvage", site.primary().dataDirectory().toString());
            assertThat(salvage.status()).as(salvage.toString()).isEqualTo(37);
            site.archiveAll();
            site.primary().awaitArchived(current, PATIENCE);
        }
    }
}
