package dev.walvault.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class PostgresServerTest {
    @Test
    void theInstalledServerStartsIsKilledAndKeepsWhatTheLedgerKnows() throws Exception {
        var installed = PostgresBinaries.installed();
        Assumptions.assumeFalse(installed.isEmpty(), "no PostgreSQL is installed");

        try (var workspace = Workspace.create("it");
                var server = PostgresServer.with(installed.getLast())
                        .walSegmentMegabytes(1)
                        .create(workspace, "primary")
                        .start();
                var ledger = CommittedLedger.start(server, 3)) {
            ledger.awaitMore(50, Duration.ofSeconds(30));
            server.kill();
            var committed = ledger.stop();
            server.start();

            assertThat(committed).hasSizeGreaterThanOrEqualTo(50);
            assertThat(ledger.differences(server, new CommittedLedger.Target.Latest()))
                    .isEmpty();
            assertThat(server.value("SHOW wal_segment_size")).isEqualTo("1MB");
            assertThat(server.log()).contains("database system was not properly shut down");

            var beyond = new CommittedLedger.Target.AtXid(committed.get(10).xid());
            assertThat(ledger.differences(server, beyond)).isNotEmpty().allMatch(line -> line.startsWith("beyond"));
        }
    }

    @Test
    void anEmbeddedServerStartsAndStops() throws Exception {
        var newest = PostgresBinaries.EMBEDDED_MAJORS.getLast();

        try (var workspace = Workspace.create("it");
                var server = PostgresServer.with(PostgresBinaries.embedded(newest))
                        .withoutChecksums()
                        .create(workspace, "primary")
                        .start()) {
            assertThat(server.value("SHOW server_version")).startsWith(newest + ".");
            assertThat(server.value("SHOW data_checksums")).isEqualTo("off");
            server.stop();

            var second = PostgresServer.on(server.binaries(), workspace, server.dataDirectory())
                    .start();
            assertThat(second.query("SELECT 1, NULL")).isEqualTo(List.of(List.of("1", "null")));
            second.stop();
            server.configure("shared_preload_libraries", "no_such_library");
            assertThat(server.expectStartFailure(Duration.ofSeconds(30))).contains("no_such_library");
        }
    }
}
