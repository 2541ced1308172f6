package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Restored servers go on under timelines of their own, and can be restored again along them. */
class TimelineTest {

    @Test
    void promotedTwiceAServerIsRestoredAcrossItsTimelines() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15), setup -> setup)) {
            var primary = site.primary();
            primary.sql("CREATE TABLE t (n int)", "INSERT INTO t VALUES (1)");
            site.ok("backup", "--label", "first");
            primary.sql("INSERT INTO t VALUES (2)");
            site.ok("restore-point", "create", "two");
            primary.sql("INSERT INTO t VALUES (666)");
            site.archiveAll();
            primary.stop();
            Map<String, Long> source = objects(site);

            var second =
                    site.restore("second", "--to-point", "two", "--action", "promote", "--archive-mode", "preserve");
            assertThat(second.value("SELECT timeline_id FROM pg_control_checkpoint()"))
                    .isEqualTo("2");
            second.sql("INSERT INTO t VALUES (3)");
            second.awaitArchived(second.switchWal(), PATIENCE);
            second.close();

            var third = site.restore("third", "--timeline", "2", "--archive-mode", "preserve");
            assertThat(rows(third)).containsExactly("1", "2", "3");
            third.sql("INSERT INTO t VALUES (4)");
            third.awaitArchived(third.switchWal(), PATIENCE);
            third.close();

            try (var fourth = site.restore("fourth", "--timeline", "3")) {
                assertThat(rows(fourth)).containsExactly("1", "2", "3", "4");
                assertThat(fourth.value("SELECT count(*) FROM pg_ls_dir('pg_wal') f WHERE f = '00000003.history'"))
                        .isEqualTo("1");
            }
            try (var old = site.restore("old", "--timeline", "1")) {
                assertThat(rows(old)).containsExactly("1", "2", "666");
            }
            assertThat(objects(site)).containsAllEntriesOf(source);
        }
    }

    @Test
    void aTimelineWhoseFirstSegmentIsMissingIsNotRecoveredPastItsFork() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15), setup -> setup)) {
            var primary = site.primary();
            primary.sql("CREATE TABLE t (n int)", "INSERT INTO t VALUES (1)");
            site.ok("backup");
            // the old primary goes on in the segment in which the other one has left
            site.ok("restore-point", "create", "fork");
            site.archiveAll();
            site.restoreOnly("new", "--to-point", "fork", "--action", "promote", "--archive-mode", "preserve");
            try (var taken = site.open("new", Map.of())) {
                taken.start();
                taken.awaitPromoted(PATIENCE);
                Condition.await(
                        "its history in the vault",
                        PATIENCE,
                        () -> site.objects().stream().anyMatch(file -> file.endsWith("00000002.history")));
                taken.sql("INSERT INTO t VALUES (2)");
                taken.stopImmediately();
            }
            primary.stop();

            Ran along = site.walvault()
                    .run("restore", "-D", site.workspace().path("along").toString(), "--timeline", "2");

            assertThat(along.status()).as(along.toString()).isEqualTo(22);
            assertThat(along.err()).contains("Timeline 1 has this segment", "--timeline 1 --to-lsn ");
            var lsn = Pattern.compile("--to-lsn (\\S+) --exclusive").matcher(along.err());
            assertThat(lsn.find()).isTrue();
            try (var common = site.restore(
                    "common", "--timeline", "1", "--to-lsn", lsn.group(1), "--exclusive", "--action", "promote")) {
                assertThat(rows(common)).containsExactly("1");
            }
        }
    }

    @Test
    void noServerRecoversPastAForkIfTheVaultLosesTheFirstSegmentBehindIt() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15), setup -> setup)) {
            var primary = site.primary();
            site.writeBehindPoint("fork");
            site.restoreOnly("new", "--to-point", "fork", "--action", "promote", "--archive-mode", "preserve");
            try (var taken = site.open("new", Map.of())) {
                taken.start();
                taken.awaitPromoted(PATIENCE);
                taken.sql("INSERT INTO t VALUES (2)", "SELECT pg_switch_wal()");
                Condition.await(
                        "its WAL in the vault",
                        PATIENCE,
                        () -> !segmentsOf(site, 2).isEmpty());
                taken.stopImmediately();
            }
            primary.stop();
            site.restoreOnly("along", "--timeline", "2", "--archive-mode", "off");
            site.restoreOnly("standby", "--timeline", "2", "--standby", "--archive-mode", "off");
            for (Path segment : segmentsOf(site, 2)) {
                Files.delete(segment);
            }

            try (var along = site.open("along", Map.of())) {
                assertThat(along.expectStartFailure(PATIENCE)).contains("not the end of the WAL");
                assertThat(along.dataDirectory().resolve("recovery.signal")).exists();
            }
            try (var standby = site.open("standby", Map.of())) {
                standby.start();
                standby.awaitLog("is kept from the server", PATIENCE);
                assertThat(rows(standby)).containsExactly("1");
            }
        }
    }

    /** As after a restore in place that was undone: the newest timeline in the vault is one that nobody wants. */
    @Test
    void aStandbyFollowsItsPrimaryAndNotABranchThatWasGivenUp() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15), setup -> setup)) {
            var primary = site.primary();
            site.writeBehindPoint("fork");
            site.restoreOnly("given-up", "--to-point", "fork", "--action", "promote", "--archive-mode", "preserve");
            try (var givenUp = site.open("given-up", Map.of())) {
                givenUp.start();
                givenUp.awaitPromoted(PATIENCE);
                givenUp.sql("INSERT INTO t VALUES (2)");
                givenUp.awaitArchived(givenUp.switchWal(), PATIENCE);
            }
            primary.sql("INSERT INTO t VALUES (3)");
            site.archiveAll();

            // the primary runs, so it is its line
            Ran restored = site.walvault()
                    .run(
                            "restore",
                            "-D",
                            site.workspace().path("standby").toString(),
                            "--standby",
                            "--archive-mode",
                            "off");

            assertThat(restored.status()).as(restored.toString()).isZero();
            assertThat(restored.err()).contains("the standby keeps to timeline 1: timeline 2 is newer");
            try (var standby = site.open("standby", Map.of())) {
                standby.start();
                Condition.await(
                        "the rows of the primary",
                        PATIENCE,
                        () -> standby.value("SELECT string_agg(n::text, ' ' ORDER BY n) FROM t")
                                .equals("1 3 666"));
                assertThat(standby.isInRecovery()).isTrue();
            }
        }
    }

    private static List<Path> segmentsOf(Site site, int timeline) throws IOException {
        Pattern name = Pattern.compile("%08X[0-9A-F]{16}".formatted(timeline));
        return site.objects().stream()
                .filter(file -> name.matcher(String.valueOf(file.getFileName())).matches())
                .toList();
    }

    /** Names and sizes of the objects that were there: what restored servers archive must leave them alone. */
    private static Map<String, Long> objects(Site site) throws IOException {
        var objects = new TreeMap<String, Long>();
        for (Path file : site.objects()) {
            objects.put(
                    site.vault().relativize(file).toString(),
                    Files.getLastModifiedTime(file).toMillis() ^ Files.size(file));
        }
        return objects;
    }

    @Test
    void aForkBetweenTwoSegmentsIsNotGonePastEither() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15), setup -> setup)) {
            var primary = site.primary();
            primary.sql("CREATE TABLE t (n int)", "INSERT INTO t VALUES (1)");
            site.ok("backup");
            site.archiveAll();
            primary.stop();
            var promoted = site.restore("new", "--archive-mode", "preserve");
            Condition.await(
                    "its history in the vault",
                    PATIENCE,
                    () -> site.objects().stream().anyMatch(file -> file.endsWith("00000002.history")));
            promoted.kill();
            primary.start();
            primary.sql("INSERT INTO t VALUES (666)");
            site.archiveAll();
            primary.stop();

            try (var copy = site.restore("copy", "--timeline", "2")) {
                assertThat(rows(copy)).containsExactly("1");
            }
        }
    }

    @Test
    void whatARecoveryWasRefusedIsNotKeptFromTheNextOneInItsPlace() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15), setup -> setup)) {
            var primary = site.primary();
            site.writeBehindPoint("fork");
            primary.stop();
            var second = site.restore("new", "--to-point", "fork", "--action", "promote", "--archive-mode", "preserve");
            second.awaitArchived(second.switchWal(), PATIENCE);
            second.close();
            Path first = segmentsOf(site, 2).getFirst();
            Path copy = site.restoreOnly("copy", "--timeline", "2");
            Path aside = Files.move(first, site.workspace().path("aside"));
            try (var along = site.open("copy", Map.of())) {
                assertThat(along.expectStartFailure(PATIENCE)).contains("not the end of the WAL");
            }
            Files.move(aside, first);

            Program.of("rm", "-r", copy.toString()).run().orThrow();
            site.restoreOnly("copy", "--timeline", "1");

            try (var server = site.open("copy", Map.of())) {
                server.start();
                server.awaitPromoted(PATIENCE);
                assertThat(rows(server)).containsExactly("1", "666");
            }
        }
    }

    @Test
    void ofTwoCopiesThatChooseTheSameTimelineTheSecondIsRefusedAndKeepsItsWal() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15), setup -> setup)) {
            var primary = site.primary();
            primary.sql("CREATE TABLE t (n int)", "INSERT INTO t VALUES (1)");
            site.ok("backup");
            site.archiveAll();
            primary.stop();
            site.restoreOnly("a", "--archive-mode", "preserve");
            site.restoreOnly("b", "--archive-mode", "preserve");

            // neither archives until both have chosen
            Map<String, String> paused = Map.of("archive_command", "");
            var a = site.open("a", paused);
            var b = site.open("b", paused);
            for (PostgresServer server : List.of(a, b)) {
                server.start();
                server.awaitPromoted(PATIENCE);
                assertThat(server.value("SELECT timeline_id FROM pg_control_checkpoint()"))
                        .isEqualTo("2");
            }
            a.sql("INSERT INTO t VALUES (2)");
            b.sql("INSERT INTO t VALUES (3)");
            a.stop();
            b.stop();

            try (var first = site.open("a", Map.of())) {
                first.start();
                first.awaitArchived(first.switchWal(), PATIENCE);
            }
            try (var second = site.open("b", Map.of())) {
                second.start();
                second.switchWal();
                second.awaitLog("other content", PATIENCE);
                Condition.await(
                        "the archiver's failure",
                        PATIENCE,
                        () -> second.value("SELECT failed_count > 0 FROM pg_stat_archiver")
                                .equals("t"));
                second.stopImmediately();
            }
            try (var again = site.restore("again")) {
                assertThat(rows(again)).containsExactly("1", "2");
            }
        }
    }

    @Test
    void aCopyDoesNotArchive() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15), setup -> setup)) {
            site.primary().sql("CREATE TABLE t (n int)");
            site.ok("backup");
            site.archiveAll();
            Map<String, Long> before = objects(site);

            try (var copy = site.restore("copy")) {
                assertThat(copy.value("SHOW archive_mode")).isEqualTo("off");
                copy.sql("INSERT INTO t VALUES (1)");
                copy.switchWal();
                copy.stop();
            }

            assertThat(objects(site).keySet())
                    .filteredOn(key -> key.contains("/wal/00000002/") || key.endsWith("/00000002.history"))
                    .isEmpty();
            assertThat(objects(site)).containsAllEntriesOf(before);
        }
    }

    private static List<String> rows(PostgresServer server) throws Exception {
        return server.query("SELECT n FROM t ORDER BY n").stream()
                .map(List::getFirst)
                .toList();
    }
}
