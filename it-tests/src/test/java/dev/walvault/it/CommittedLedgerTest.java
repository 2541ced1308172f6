package dev.walvault.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.it.CommittedLedger.Target;
import dev.walvault.pg.Lsn;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The ledger's idea of a target against PostgreSQL's own, with cp for an archiver. */
class CommittedLedgerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void whatPostgresRestoresIsWhatTheLedgerExpects() throws Exception {
        try (var workspace = Workspace.create("it")) {
            var archive = workspace.directory("archive");
            var primary = PostgresServer.with(PostgresBinaries.any())
                    .walSegmentMegabytes(1)
                    .set("archive_mode", "on")
                    .set("archive_command", "cp %p " + archive + "/%f")
                    .create(workspace, "primary");
            primary.start().stop();
            for (String copy : new String[] {"to-lsn", "to-xid", "before-xid", "to-time"}) {
                copy(primary.dataDirectory(), workspace.path(copy));
            }

            primary.start();
            var ledger = CommittedLedger.start(primary, 4);
            ledger.awaitMore(300, PATIENCE);
            var lsn = Lsn.parse(primary.value("SELECT pg_create_restore_point('here')"));
            ledger.awaitMore(300, PATIENCE);
            var time = Instant.now().truncatedTo(ChronoUnit.MICROS);
            ledger.awaitMore(300, PATIENCE);
            var committed = ledger.stop();
            long xid = committed.get(committed.size() / 2).xid();
            primary.awaitArchived(primary.switchWal(), PATIENCE);
            primary.close();

            check(workspace, ledger, "to-lsn", "recovery_target_name", "here", new Target.AtLsn(lsn));
            check(workspace, ledger, "to-xid", "recovery_target_xid", Long.toString(xid), new Target.AtXid(xid));
            // PostgreSQL 15 refuses a Z here
            String text = time.toString().replace("Z", "+00");
            check(workspace, ledger, "to-time", "recovery_target_time", text, new Target.AtTime(time));
            try (var server = recover(
                    workspace,
                    "before-xid",
                    Map.of("recovery_target_xid", Long.toString(xid), "recovery_target_inclusive", "off"))) {
                assertThat(ledger.differences(server, new Target.BeforeXid(xid)))
                        .isEmpty();
                assertThat(ledger.differences(server, new Target.AtXid(xid)))
                        .singleElement()
                        .asString()
                        .startsWith("lost: ");
            }
        }
    }

    private static void check(
            Workspace workspace, CommittedLedger ledger, String copy, String target, String value, Target expected)
            throws Exception {
        try (var server = recover(workspace, copy, Map.of(target, value))) {
            assertThat(ledger.differences(server, expected)).isEmpty();
            assertThat(ledger.differences(server, new Target.Latest()))
                    .isNotEmpty()
                    .allMatch(line -> line.startsWith("lost: "));
        }
    }

    private static PostgresServer recover(Workspace workspace, String copy, Map<String, String> target)
            throws Exception {
        workspace.write(copy + "/recovery.signal", "");
        var settings = new TreeMap<>(target);
        settings.put("restore_command", "cp " + workspace.path("archive") + "/%f %p");
        settings.put("recovery_target_action", "promote");
        settings.put("archive_mode", "off");
        var server = PostgresServer.on(PostgresBinaries.any(), workspace, workspace.path(copy), settings);
        server.start();
        server.awaitPromoted(PATIENCE);
        return server;
    }

    private static void copy(Path from, Path to) throws Exception {
        Program.of("cp", "-a", from.toString(), to.toString()).run().orThrow();
    }
}
