package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The storage goes away while a server recovers: it must stop or wait, and never promote. */
class StoreAwayTest {

    private static Site withWalAfterTheBackup() throws Exception {
        var site = Site.start(PostgresBinaries.of(15));
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
