package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A call of restore_command outlives the server that made it: it must not touch what the next server asks for. */
class OrphanedCallTest {
    private static final int ROUNDS = 3;

    @Test
    void aCallThatOutlivesItsServerGivesNothingToTheNext() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            var primary = site.primary();
            primary.sql("CREATE TABLE t (n int)");
            site.ok("backup");
            for (int n = 1; n <= 5; n++) {
                primary.sql("INSERT INTO t VALUES (" + n + ")");
                site.archiveAll();
            }
            primary.stop();
            Path configuration = site.workspace().path("walvault.toml");
            Files.writeString(
                    configuration,
                    Files.readString(configuration).replace("retry_budget = \"2s\"", "retry_budget = \"60s\""));
            for (int round = 1; round <= ROUNDS; round++) {
                String copy = "copy" + round;
                site.restoreOnly(copy, "--archive-mode", "off");
                Path away = site.vault().resolveSibling("vault.away");
                Files.move(site.vault(), away);
                try (var server = site.open(copy, Map.of())) {
                    server.launch();
                    server.awaitLog("trying again", PATIENCE);
                    killRecoveryAlone(server);
                    server.awaitEnd(PATIENCE);

                    server.launch();
                    Files.move(away, site.vault());
                    server.awaitUp(PATIENCE);
                    server.awaitPromoted(PATIENCE);

                    assertThat(server.value("SELECT count(*) FROM t")).isEqualTo("5");
                }
            }
        }
    }

    /** As the kernel does when memory is short: the server has no time to end what its process for recovery has started. */
    private static void killRecoveryAlone(PostgresServer server) throws Exception {
        long postmaster =
                Long.parseLong(Files.readAllLines(server.dataDirectory().resolve("postmaster.pid"))
                        .getFirst()
                        .strip());
        Condition.await(
                "the process for recovery",
                PATIENCE,
                () -> !startupOf(postmaster).isEmpty());
        startupOf(postmaster).forEach(ProcessHandle::destroyForcibly);
    }

    private static List<ProcessHandle> startupOf(long postmaster) {
        return ProcessHandle.of(postmaster).stream()
                .flatMap(ProcessHandle::children)
                .filter(child -> isStartup(child.pid()))
                .toList();
    }

    private static boolean isStartup(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"))
                    .contains("startup");
        } catch (IOException _) {
            return false;
        }
    }
}
