package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a restored server does to itself and to others: it stops where it was told to, and a copy stays for itself. */
class RestoredServerTest {
    private static final Pattern NEAREST = Pattern.compile("--to-time '([^']+)'");

    private static final Pattern START = Pattern.compile("\"start\":\"((?:[^\"\\\\]|\\\\.)*)\"");

    @ParameterizedTest
    @ValueSource(ints = {14, 15, 16, 17, 18})
    void recoverySettingsOfTheConfigurationFileSayNothingAndOursGoWhenRecoveryHasEnded(int major) throws Exception {
        try (var site = Site.start(PostgresBinaries.of(major))) {
            var primary = site.primary();
            Path touched = site.workspace().path("touched");
            primary.configure("recovery_target", "immediate");
            primary.configure("recovery_target_action", "promote");
            primary.configure("recovery_target_timeline", "current");
            primary.configure("recovery_min_apply_delay", "1h");
            primary.configure("recovery_end_command", "touch " + touched);
            primary.configure("archive_cleanup_command", "touch " + touched);
            if (major < 16) {
                primary.configure("promote_trigger_file", touched.toString());
            }
            primary.sql("CREATE TABLE t (n int)");
            site.ok("backup");
            primary.sql("INSERT INTO t VALUES (1)");
            site.ok("restore-point", "create", "one");
            primary.sql("INSERT INTO t VALUES (2)");
            site.archiveAll();
            primary.stop();

            try (var latest = site.restore("latest")) {
                assertThat(latest.value("SELECT sum(n) FROM t")).isEqualTo("3");
                requireForgotten(latest);
            }
            try (var point = site.restore("point", "--to-point", "one", "--action", "promote")) {
                assertThat(point.value("SELECT sum(n) FROM t")).isEqualTo("1");
                requireForgotten(point);
            }
            assertThat(touched).doesNotExist();
        }
    }

    private static void requireForgotten(PostgresServer server) throws Exception {
        assertThat(server.dataDirectory().resolve("postgresql.auto.conf.walvault"))
                .doesNotExist();
        assertThat(Files.readString(server.dataDirectory().resolve("postgresql.auto.conf")))
                .contains("restore_command = ")
                .doesNotContain("\nrecovery_", "\narchive_cleanup_command", "\npromote_trigger_file");
    }

    @Test
    void aStandbyOfARestoredAndPromotedServerFollowsItAndStaysAStandby() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15), setup -> setup)) {
            var primary = site.primary();
            primary.sql("CREATE TABLE t (n int)", "INSERT INTO t VALUES (1)");
            site.ok("backup");
            String before = primary.value("SELECT clock_timestamp()");
            primary.sql("INSERT INTO t VALUES (666)");
            site.archiveAll();
            primary.stop();

            try (var restored = site.restore("restored", "--to-time", before, "--action", "promote")) {
                assertThat(restored.value("SELECT sum(n) FROM t")).isEqualTo("1");
                Path standby = site.workspace().path("standby");
                Program.of(
                                PostgresBinaries.of(15).require("pg_basebackup").toString(),
                                "-R",
                                "-D",
                                standby.toString(),
                                "-d",
                                "host=" + restored.host() + " port=" + restored.port() + " user=" + PostgresServer.USER)
                        .run()
                        .orThrow();
                var follower = site.open("standby", Map.of());
                follower.start();
                restored.sql("INSERT INTO t VALUES (2)", "INSERT INTO t VALUES (3)");
                Condition.await(
                        "the standby has the rows",
                        PATIENCE,
                        () -> follower.value("SELECT sum(n) FROM t").equals("6"));
                assertThat(follower.isInRecovery()).isTrue();
                assertThat(follower.value("SELECT pg_is_wal_replay_paused()")).isEqualTo("f");
            }
        }
    }

    @Test
    void aDrillDoesNotOverwriteATablespaceThatTheLiveServerHasGotSince() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            var primary = site.primary();
            site.ok("backup");
            Path place = site.workspace().directory("later");
            primary.sql(
                    "CREATE TABLESPACE later LOCATION '" + place + "'",
                    "CREATE TABLE t TABLESPACE later AS SELECT generate_series(1, 1000) n");
            String oid = primary.value("SELECT oid FROM pg_tablespace WHERE spcname = 'later'");
            site.ok("restore-point", "create", "here");
            site.archiveAll();
            Path drill = site.workspace().path("drill");

            var refused = site.walvault()
                    .run("restore", "-D", drill.toString(), "--to-point", "here", "--accept-tablespaces", oid);

            assertThat(refused.status()).isEqualTo(37);
            assertThat(refused.err())
                    .contains("of a server that runs", oid + " at \"" + place + "\"", "stop that server first");
            assertThat(drill).doesNotExist();
            assertThat(primary.value("SELECT count(*) FROM t")).isEqualTo("1000");
        }
    }

    @Test
    void whatTheWalCreatesIsKnownAlsoAfterItWasDropped() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            var primary = site.primary();
            site.ok("backup");
            Path place = site.workspace().directory("later");
            site.ok("restore-point", "create", "before");
            primary.sql(
                    "CREATE TABLESPACE later LOCATION '" + place + "'",
                    "CREATE TABLE t TABLESPACE later AS SELECT generate_series(1, 1000) n");
            String oid = primary.value("SELECT oid FROM pg_tablespace WHERE spcname = 'later'");
            site.ok("restore-point", "create", "here");
            primary.sql("DROP TABLE t", "DROP TABLESPACE later");
            site.archiveAll();
            Files.createDirectories(place.resolve("PG_15_202209061"));
            Path drill = site.workspace().path("drill");

            var refused = site.walvault().run("restore", "-D", drill.toString(), "--to-point", "here");

            assertThat(refused.status()).isEqualTo(37);
            assertThat(refused.err())
                    .contains(oid + " at \"" + place + "\" (created by the WAL", "--accept-tablespaces " + oid);
            assertThat(drill).doesNotExist();
            // neither does a recovery create it that stops before
            assertThat(site.ok("restore", "-D", site.workspace().path("before").toString(), "--to-point", "before"))
                    .doesNotContain("tablespace " + oid);

            Files.delete(place.resolve("PG_15_202209061"));
            assertThat(site.ok("restore", "-D", drill.toString(), "--to-point", "here"))
                    .contains("recovery creates tablespace " + oid, place.toString());
            try (var server = site.open("drill", Map.of())) {
                server.start();
                server.awaitPaused(PATIENCE);
                assertThat(server.value("SELECT count(*) FROM t")).isEqualTo("1000");
            }
        }
    }

    @Test
    void aTimeBehindTheLastCommitIsRefusedAndTheNearestOneIsReached() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            var primary = site.primary();
            site.ok("backup");
            primary.sql("CREATE TABLE t (n int)", "INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)");
            String behind = primary.value("SELECT clock_timestamp()");
            site.archiveAll();
            primary.stop();
            Path copy = site.workspace().path("copy");

            var refused = site.walvault().run("restore", "-D", copy.toString(), "--to-time", behind);

            assertThat(refused.status()).isEqualTo(26);
            assertThat(refused.err()).contains("no transaction ended after time");
            assertThat(copy).doesNotExist();
            var nearest = NEAREST.matcher(refused.err());
            assertThat(nearest.find()).as("a time in: %s", refused.err()).isTrue();
            try (var restored = site.restore("copy", "--to-time", nearest.group(1), "--action", "promote")) {
                assertThat(restored.value("SELECT sum(n) FROM t")).isEqualTo("1");
            }
        }
    }

    @Test
    void aPromotedCopyOfASubscriberLeavesThePublishersSlotAlone() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15), setup -> setup);
                var publisher = PostgresServer.with(PostgresBinaries.of(15))
                        .set("wal_level", "logical")
                        .create(site.workspace(), "publisher")) {
            publisher.start();
            publisher.sql("CREATE TABLE t (n int PRIMARY KEY)", "CREATE PUBLICATION p FOR TABLE t");
            var subscriber = site.primary();
            subscriber.sql(
                    "CREATE TABLE t (n int PRIMARY KEY)",
                    "CREATE SUBSCRIPTION s CONNECTION 'host=%s port=%d user=%s dbname=postgres' PUBLICATION p"
                            .formatted(publisher.host(), publisher.port(), PostgresServer.USER));
            publisher.sql("INSERT INTO t VALUES (1)");
            awaitRows(subscriber, "1");
            site.ok("backup");
            site.archiveAll();
            subscriber.stop();
            publisher.sql("INSERT INTO t VALUES (2)");
            String slot = "SELECT confirmed_flush_lsn, active FROM pg_replication_slots WHERE slot_name = 's'";
            Condition.await(
                    "the slot is free",
                    PATIENCE,
                    () -> publisher.query(slot).getFirst().get(1).equals("f"));
            var before = publisher.query(slot);

            String told = site.ok("restore", "-D", site.workspace().path("copy").toString());
            try (var copy = site.open("copy", Map.of())) {
                copy.start();
                copy.awaitPromoted(PATIENCE);
                copy.sql("INSERT INTO t VALUES (3)");
                assertThat(copy.value("SELECT count(*) FROM pg_stat_activity WHERE backend_type LIKE 'logical%'"))
                        .isEqualTo("0");
                copy.stop();
            }

            assertThat(told).contains("subscription \"s\" in database \"postgres\"");
            assertThat(publisher.query(slot)).isEqualTo(before);
            // the same copy would have taken the row from the subscriber
            try (var taking = site.restore("taking", "--subscriptions", "preserve")) {
                awaitRows(taking, "2");
                // it tells the publisher a little later how far it has come
                Condition.await(
                        "the slot moves",
                        PATIENCE,
                        () -> !publisher
                                .query(slot)
                                .getFirst()
                                .getFirst()
                                .equals(before.getFirst().getFirst()));
            }
        }
    }

    private static void awaitRows(PostgresServer server, String count) throws Exception {
        Condition.await(
                "the rows are received",
                PATIENCE,
                () -> server.value("SELECT count(*) FROM t").equals(count));
    }

    @Test
    void theCommandThatIsToldStartsTheRestoredDirectoryAndNotTheOneInItsConfiguration() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            var primary = site.primary();
            primary.configure("data_directory", primary.dataDirectory().toString());
            primary.configure("port", String.valueOf(primary.port()));
            primary.configure("unix_socket_directories", site.workspace().root().toString());
            site.ok("backup");
            site.archiveAll();
            primary.stop();
            Path copy = site.workspace().path("copy");
            String told = site.ok("restore", "-D", copy.toString(), "--output", "json");
            var start = START.matcher(told);
            assertThat(start.find()).as(told).isTrue();

            Program.of("sh", "-c", start.group(1) + " -w -l " + site.workspace().path("copy.log"))
                    .run()
                    .orThrow();
            try {
                assertThat(copy.resolve("postmaster.pid")).exists();
                assertThat(primary.dataDirectory().resolve("postmaster.pid")).doesNotExist();
            } finally {
                Program.of(
                                PostgresBinaries.of(15).require("pg_ctl").toString(),
                                "-D",
                                copy.toString(),
                                "-m",
                                "immediate",
                                "stop")
                        .run()
                        .orThrow();
            }
        }
    }
}
