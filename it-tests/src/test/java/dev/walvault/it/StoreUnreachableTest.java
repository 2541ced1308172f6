package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The storage, or part of its WAL, goes away while a server recovers: it must stop or wait, and never promote. */
class StoreUnreachableTest {

    private static Site withWalAfterTheBackup() throws Exception {
        return withWalAfterTheBackup(15);
    }

    private static Site withWalAfterTheBackup(int major) throws Exception {
        var site = Site.start(PostgresBinaries.of(major));
        var primary = site.primary();
        primary.sql("CREATE TABLE t (n int)");
        site.ok("backup");
        for (int n = 1; n <= 5; n++) {
            primary.sql("INSERT INTO t VALUES (" + n + ")");
            site.archiveAll();
        }
        primary.stop();
        return site;
    }

    private static void hide(Site site) throws Exception {
        Files.move(site.vault(), site.vault().resolveSibling("vault.away"));
    }

    private static void bringBack(Site site) throws Exception {
        Files.move(site.vault().resolveSibling("vault.away"), site.vault());
    }

    private static void requireAllRows(PostgresServer server) throws Exception {
        assertThat(server.value("SELECT count(*) FROM t")).isEqualTo("5");
    }

    @Test
    void aRecoveringServerStopsAndGoesOnWhenTheVaultIsBack() throws Exception {
        try (var site = withWalAfterTheBackup()) {
            site.restoreOnly("copy");
            hide(site);

            String log = site.open("copy", Map.of()).expectStartFailure(PATIENCE);

            assertThat(log).contains("recovery must stop").doesNotContain("archive recovery complete");
            bringBack(site);
            try (var server = site.open("copy", Map.of())) {
                server.start();
                server.awaitPromoted(PATIENCE);
                requireAllRows(server);
            }
        }
    }

    @Test
    void anEmptyMountPointInPlaceOfTheVaultIsNotTheEndOfTheWal() throws Exception {
        try (var site = withWalAfterTheBackup()) {
            site.restoreOnly("copy");
            hide(site);
            site.workspace().directory("vault");

            String log = site.open("copy", Map.of()).expectStartFailure(PATIENCE);

            assertThat(log).contains("recovery must stop").doesNotContain("archive recovery complete");
            Files.delete(site.vault());
            bringBack(site);
            try (var server = site.open("copy", Map.of())) {
                server.start();
                server.awaitPromoted(PATIENCE);
                requireAllRows(server);
            }
        }
    }

    @Test
    void aDamagedSegmentStopsRecoveryThere() throws Exception {
        try (var site = withWalAfterTheBackup()) {
            site.restoreOnly("copy");
            Path damaged = lastSegment(site);
            byte[] sound = Files.readAllBytes(damaged);
            byte[] flipped = sound.clone();
            flipped[flipped.length / 2] ^= 1;
            Files.write(damaged, flipped);

            String log = site.open("copy", Map.of()).expectStartFailure(PATIENCE);

            assertThat(log).contains("is damaged").doesNotContain("archive recovery complete");
            Files.write(damaged, sound);
            try (var server = site.open("copy", Map.of())) {
                server.start();
                server.awaitPromoted(PATIENCE);
                requireAllRows(server);
            }
        }
    }

    @Test
    void aHoleStopsRecoveryUntilItIsFilled() throws Exception {
        try (var site = withWalAfterTheBackup()) {
            site.restoreOnly("copy");
            Path missing = lastSegment(site);
            Path kept = site.workspace().path("kept");
            Files.move(missing, kept);

            String log = site.open("copy", Map.of()).expectStartFailure(PATIENCE);

            assertThat(log)
                    .contains("\"" + missing.getFileName() + "\" is missing", "this is not the end of the WAL")
                    .doesNotContain("archive recovery complete");
            Files.move(kept, missing);
            try (var server = site.open("copy", Map.of())) {
                server.start();
                server.awaitPromoted(PATIENCE);
                requireAllRows(server);
            }
        }
    }

    @Test
    void aHoleThatIsAcceptedIsTheEnd() throws Exception {
        try (var site = withWalAfterTheBackup()) {
            Path missing = lastSegment(site);
            Files.delete(missing);

            Ran refused = site.walvault()
                    .run("restore", "-D", site.workspace().path("copy").toString());
            assertThat(refused.status()).isEqualTo(22);
            assertThat(refused.err()).contains(missing.getFileName().toString(), "--accept-gap");

            try (var server = site.restore("copy", "--accept-gap", "--action", "promote")) {
                assertThat(Integer.parseInt(server.value("SELECT count(*) FROM t")))
                        .isBetween(1, 4);
            }
        }
    }

    /** Nobody can wait for a vault and be promoted at once; docs/RUNBOOK.md says so. */
    @ParameterizedTest
    @ValueSource(ints = {14, 15, 16, 17, 18})
    void aStandbyThatIsPromotedInDoubtEndsWhereItsWalEnds(int major) throws Exception {
        try (var site = withWalAfterTheBackup(major)) {
            // so that it leaves a timeline that has a history
            try (var second = site.restore("second", "--action", "promote", "--archive-mode", "preserve")) {
                second.awaitArchived(second.switchWal(), PATIENCE);
                second.stop();
            }
            site.restoreOnly("copy", "--standby", "--timeline", "latest");
            var standby = site.open("copy", Map.of());
            standby.start();
            Condition.await(
                    "all rows",
                    PATIENCE,
                    () -> standby.value("SELECT count(*) FROM t").equals("5"));
            hide(site);
            standby.awaitLog("promoted now", PATIENCE);

            standby.value("SELECT pg_promote(false)");
            standby.awaitPromoted(PATIENCE);

            requireAllRows(standby);
            assertThat(standby.log()).contains("selected new timeline ID: 3");
            assertThat(standby.dataDirectory().resolve("pg_wal/00000003.history"))
                    .content()
                    .startsWith("1\t");
        }
    }

    /** The newest segment that holds rows; the one after it may be there, for the shutdown. */
    private static Path lastSegment(Site site) throws Exception {
        try (var files = Files.walk(site.vault())) {
            var segments = files.filter(Files::isRegularFile)
                    .filter(file -> file.getFileName().toString().matches("[0-9A-F]{24}"))
                    .sorted()
                    .toList();
            return segments.get(segments.size() - 2);
        }
    }

    @Test
    void aTypoInTheConfigurationStopsRecoveryToo() throws Exception {
        try (var site = withWalAfterTheBackup()) {
            site.restoreOnly("copy");
            String config = Files.readString(site.workspace().path("walvault.toml"));
            Files.writeString(site.workspace().path("walvault.toml"), config.replace("cluster =", "clutser ="));

            String log = site.open("copy", Map.of()).expectStartFailure(PATIENCE);

            assertThat(log).contains("clutser").contains("cluster").doesNotContain("archive recovery complete");
        }
    }

    @Test
    void aStandbyWaitsForTheVaultAndIsNeitherStoppedNorPromoted() throws Exception {
        try (var site = withWalAfterTheBackup()) {
            site.restoreOnly("copy", "--standby");
            var standby = site.open("copy", Map.of());
            standby.start();
            Condition.await(
                    "all rows",
                    PATIENCE,
                    () -> standby.value("SELECT count(*) FROM t").equals("5"));
            hide(site);

            site.primary().start();
            site.primary().sql("INSERT INTO t VALUES (6)");
            standby.awaitLog("vault", PATIENCE);
            assertThat(standby.isRunning()).isTrue();
            assertThat(standby.isInRecovery()).isTrue();

            bringBack(site);
            site.archiveAll();
            Condition.await(
                    "the new row",
                    PATIENCE,
                    () -> standby.value("SELECT count(*) FROM t").equals("6"));
            assertThat(standby.isInRecovery()).isTrue();
        }
    }
}
