package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** kill -9 at random moments. One invariant above all: acknowledged means restorable. */
class KillTest {
    private static final int TIMES = 12;
    private static final Pattern COMPLETE = Pattern.compile("\"backup\":\"([0-9TZ]+)\",\"type\"");

    /** Segments of a real server, in a directory that looks like its own to archive-push. */
    private static List<Path> segments(Site site) throws Exception {
        site.primary().configure("archive_command", "");
        site.primary().reload();
        site.primary().sql("CREATE TABLE t (n int)");
        for (int i = 0; i < TIMES; i++) {
            site.primary().sql("INSERT INTO t SELECT generate_series(1, 2000)");
            site.primary().switchWal();
        }
        site.primary().stop();
        try (Stream<Path> files = Files.list(site.primary().dataDirectory().resolve("pg_wal"))) {
            return files.filter(file -> file.getFileName().toString().matches("[0-9A-F]{24}"))
                    .sorted()
                    .limit(TIMES)
                    .toList();
        }
    }

    /**
     * Kills the program after a while, unless it has ended before; returns whether it ended by itself, with success.
     */
    private static boolean acknowledgedBeforeKill(Running program, RandomGenerator random, int mostMillis)
            throws Exception {
        Thread.sleep(random.nextInt(mostMillis));
        program.kill();
        return program.await(PATIENCE).status() == 0;
    }

    @Test
    void aKilledPushIsEitherDurableOrDoneAgain() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15), setup -> setup.walSegmentMegabytes(16))) {
            List<Path> segments = segments(site);
            Walvault walvault = site.walvault().in(site.primary().dataDirectory());
            Path back = site.workspace().path("back");
            Trials.run("kill -9 of archive-push", TIMES, random -> {
                site.forgetWal();
                Path segment = segments.get(random.nextInt(segments.size()));
                String name = segment.getFileName().toString();
                boolean acknowledged;
                try (var push = walvault.start("archive-push", "pg_wal/" + name)) {
                    acknowledged = acknowledgedBeforeKill(push, random, 900);
                }
                if (acknowledged) {
                    walvault.run("archive-get", name, back.toString()).orThrow();
                    assertThat(back).hasSameBinaryContentAs(segment);
                }
                walvault.run("archive-push", "pg_wal/" + name).orThrow();
                walvault.run("archive-get", name, back.toString()).orThrow();
                assertThat(back).hasSameBinaryContentAs(segment);
                return acknowledged ? "acknowledged, and served" : "killed, and done again";
            });
        }
    }

    @Test
    void aKilledGetLeavesTheWholeFileOrNone() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15), setup -> setup.walSegmentMegabytes(16))) {
            List<Path> segments = segments(site);
            Walvault walvault = site.walvault().in(site.primary().dataDirectory());
            walvault.run("archive-push", segments.getFirst().toString()).orThrow();
            String name = segments.getFirst().getFileName().toString();
            Path back = site.workspace().path("back");
            Trials.run("kill -9 of archive-get", TIMES, random -> {
                Files.deleteIfExists(back);
                boolean acknowledged;
                try (var get = walvault.start("archive-get", name, back.toString())) {
                    acknowledged = acknowledgedBeforeKill(get, random, 900);
                }
                boolean landed = Files.exists(back);
                if (acknowledged || landed) {
                    assertThat(back).hasSameBinaryContentAs(segments.getFirst());
                }
                return acknowledged ? "served" : landed ? "killed, whole" : "killed, nothing there";
            });
            walvault.run("archive-get", name, back.toString()).orThrow();
            assertThat(back).hasSameBinaryContentAs(segments.getFirst());
            try (Stream<Path> left = Files.list(site.workspace().root())) {
                assertThat(left.filter(file -> file.getFileName().toString().startsWith("back")))
                        .containsExactly(back);
            }
        }
    }

    @Test
    void aKilledBackupDoesNotExistAndTheNextOneWorks() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15), setup -> setup)) {
            var ledger = CommittedLedger.start(site.primary(), 2);
            ledger.awaitMore(50, PATIENCE);
            site.primary().sql("CREATE TABLE bulk AS SELECT n, repeat('x', 500) FROM generate_series(1, 60000) n");
            var acknowledged = new ArrayList<String>();
            Trials.run("kill -9 of backup", TIMES / 2, random -> {
                String label = "killed-" + random.nextInt(1_000_000);
                try (var backup = site.walvault().start("backup", "--label", label)) {
                    if (acknowledgedBeforeKill(backup, random, 3500)) {
                        acknowledged.add(label);
                        return "complete";
                    }
                }
                return "killed";
            });
            String info = site.ok("info", "--output", "json");
            assertThat(acknowledged).allSatisfy(label -> assertThat(info).contains("\"" + label + "\""));
            var complete = COMPLETE.matcher(info);
            while (complete.find()) {
                // one may have become complete and been killed before it could say so
                Workspace.delete(site.restoreOnly("one", "--backup", complete.group(1), "--immediate"));
            }

            site.ok("backup", "--label", "whole");
            ledger.awaitMore(50, PATIENCE);
            ledger.stop();
            site.archiveAll();
            site.primary().stop();
            try (var server = site.restore("copy")) {
                assertThat(ledger.differences(server, new CommittedLedger.Target.Latest()))
                        .isEmpty();
            }
        }
    }

    @Test
    void aKilledRestoreLeavesNothingThatStarts() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            site.primary().sql("CREATE TABLE t AS SELECT n, repeat('x', 500) FROM generate_series(1, 60000) n");
            site.ok("backup");
            site.archiveAll();
            site.primary().stop();
            Path directory = site.workspace().path("killed");
            Trials.run("kill -9 of restore", TIMES / 2, random -> {
                Workspace.delete(directory);
                boolean done;
                try (var restore = site.walvault().start("restore", "-D", directory.toString())) {
                    done = acknowledgedBeforeKill(restore, random, 2500);
                }
                boolean startable = Files.exists(directory.resolve("global/pg_control"));
                if (done) {
                    assertThat(startable).isTrue();
                    return "whole";
                }
                if (startable) {
                    // killed after the last byte was safe: everything else must be there too
                    requireComplete(directory);
                    return "killed, whole";
                }
                if (Files.exists(directory)) {
                    var again = site.walvault().run("restore", "-D", directory.toString());
                    assertThat(again.status()).as(again.err()).isIn(0, 37);
                }
                return "killed, does not start";
            });
            try (var server = site.restore("whole")) {
                assertThat(server.value("SELECT count(*) FROM t")).isEqualTo("60000");
            }
        }
    }

    /** What a restore has made is whole, whether it could say so or not. */
    static void requireComplete(Path directory) throws Exception {
        // the marker that a restore leaves until its very end is not in the manifest
        Files.deleteIfExists(directory.resolve("walvault-restore.incomplete"));
        Program.of(
                        PostgresBinaries.of(15).require("pg_verifybackup").toString(),
                        "--no-parse-wal",
                        directory.toString())
                .run()
                .orThrow();
        assertThat(directory.resolve("recovery.signal")).exists();
    }

    @Test
    void aServerThatIsKilledWhileItArchivesLosesNothing() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            var primary = site.primary();
            var ledger = CommittedLedger.start(primary, 3);
            ledger.awaitMore(50, PATIENCE);
            site.ok("backup");
            for (int i = 0; i < 3; i++) {
                ledger.awaitMore(300, PATIENCE);
                primary.kill();
                primary.start();
                ledger.resume();
            }
            ledger.awaitMore(50, PATIENCE);
            ledger.stop();
            site.archiveAll();
            primary.stop();

            try (var server = site.restore("copy")) {
                assertThat(ledger.differences(server, new CommittedLedger.Target.Latest()))
                        .isEmpty();
            }
        }
    }
}
