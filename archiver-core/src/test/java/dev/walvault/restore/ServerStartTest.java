package dev.walvault.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.pg.PgMajor;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.Wal;
import dev.walvault.pg.WalSegmentSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerStartTest {
    @TempDir
    Path temporary;

    private Path data;
    private Path server;
    private Path debian;

    @BeforeEach
    void directories() throws IOException {
        data = Files.createDirectories(temporary.resolve("restored"));
        server = Files.createDirectories(temporary.resolve("main"));
        debian = Files.createDirectories(temporary.resolve("etc"));
    }

    private ServerStart.Advice advice(PgMajor major) {
        return advice(major, Set.of());
    }

    private ServerStart.Advice advice(PgMajor major, Set<Path> running) {
        return ServerStart.advise(data, major, Optional.of(server), running, Map.of(), debian);
    }

    private Path cluster(String name, Path dataDirectory) throws IOException {
        Path cluster = Files.createDirectories(debian.resolve("13").resolve(name));
        Files.writeString(
                cluster.resolve("postgresql.conf"),
                "data_directory = '" + dataDirectory + "'  # use data in another directory\nport = 5433\n");
        return cluster;
    }

    @Test
    void aDirectoryWithAnOrdinaryFileIsStartedPlainly() throws Exception {
        Files.writeString(data.resolve("postgresql.conf"), "#data_directory = 'ConfigDir'\nport = 5432\n");

        var advice = advice(PgMajor.V13);

        assertThat(advice.command()).isEqualTo("pg_ctl -D " + data + " start");
        assertThat(advice.warnings()).isEmpty();
    }

    @Test
    void besideTheLiveServerItGetsAPortOfItsOwn() throws Exception {
        Path program = Files.copy(Path.of("/bin/sleep"), temporary.resolve("postgres"));
        Process postgres = new ProcessBuilder(program.toString(), "60").start();
        try {
            Files.writeString(
                    server.resolve("postmaster.pid"), postgres.pid() + "\n" + server + "\n1764000000\n5433\n/tmp\n*\n");

            Files.writeString(data.resolve("postgresql.conf"), "port = 5433\n");
            assertThat(advice(PgMajor.V13).command()).isEqualTo("pg_ctl -D " + data + " -o '-c port=5434' start");
            Files.writeString(data.resolve("postgresql.conf"), "port = 5440\n");
            assertThat(advice(PgMajor.V13).command()).isEqualTo("pg_ctl -D " + data + " start");
        } finally {
            postgres.destroyForcibly().waitFor();
        }

        Files.writeString(data.resolve("postgresql.conf"), "port = 5433\n");
        assertThat(advice(PgMajor.V13).command()).isEqualTo("pg_ctl -D " + data + " start");
    }

    @Test
    void whatServersElsewhereOnThisHostListenAtIsAvoided() throws Exception {
        Path program = Files.copy(Path.of("/bin/sleep"), temporary.resolve("postgres"));
        Path elsewhere = Files.createDirectories(temporary.resolve("elsewhere"));
        Files.writeString(data.resolve("postgresql.conf"), "port = 5433\n");
        Process postgres = new ProcessBuilder(program.toString(), "60").start();
        try {
            Files.writeString(
                    elsewhere.resolve("postmaster.pid"),
                    postgres.pid() + "\n" + elsewhere + "\n1764000000\n5433\n/tmp\n*\n");
            Files.writeString(server.resolve("postgresql.conf"), "port = 5434\n");

            assertThat(advice(PgMajor.V13, Set.of(elsewhere)).command())
                    .isEqualTo("pg_ctl -D " + data + " -o '-c port=5435' start");
            server = data;
            // the clients of the server itself look for it where it was
            var inPlace = advice(PgMajor.V13, Set.of(elsewhere, data));
            assertThat(inPlace.command()).isEqualTo("pg_ctl -D " + data + " start");
            assertThat(inPlace.warnings())
                    .containsExactly(
                            "another server of this host uses port 5433, too: if both listen at the same address,"
                                    + " stop that one first");
        } finally {
            postgres.destroyForcibly().waitFor();
        }
        assertThat(advice(PgMajor.V13, Set.of(elsewhere)).command()).isEqualTo("pg_ctl -D " + data + " start");
    }

    @Test
    void aPortThatAlterSystemHasSetCountsMore() throws Exception {
        Files.writeString(server.resolve("postgresql.conf"), "port = 5433\n");
        Files.writeString(server.resolve("postgresql.auto.conf"), "port = 5440\n");
        Files.writeString(data.resolve("postgresql.conf"), "port = 5433\n");
        Files.writeString(data.resolve("postgresql.auto.conf"), "port = '5440'\n");

        assertThat(advice(PgMajor.V13).command()).isEqualTo("pg_ctl -D " + data + " -o '-c port=5441' start");
    }

    @Test
    void aCopyLeavesThePortOfADeadServerFree() throws Exception {
        Files.writeString(server.resolve("postgresql.conf"), "port = 5433\n");
        Files.writeString(data.resolve("postgresql.conf"), "port = 5433\n");

        assertThat(advice(PgMajor.V13).command()).isEqualTo("pg_ctl -D " + data + " -o '-c port=5434' start");
        server = data;
        assertThat(advice(PgMajor.V13).command()).isEqualTo("pg_ctl -D " + data + " start");
    }

    @Test
    void aFileThatNamesAnotherDirectoryIsOverruledAndTold() throws Exception {
        Files.writeString(data.resolve("postgresql.conf"), "include = 'more.conf'\n");
        Files.writeString(data.resolve("more.conf"), "Data_Directory '" + server + "'\nhba_file = '/not/there'\n");

        var advice = advice(PgMajor.V13);

        assertThat(advice.command()).isEqualTo("pg_ctl -D " + data + " -o '-c data_directory=" + data + "' start");
        assertThat(advice.warnings())
                .hasSize(2)
                .anyMatch(text -> text.contains("data_directory = '" + server + "'"))
                .anyMatch(text -> text.contains("hba_file = '/not/there'"));
    }

    @Test
    void aTargetThatAStandbyWouldStopAtIsTold() throws Exception {
        Files.writeString(
                data.resolve("postgresql.conf"), "recovery_target = 'immediate'\nrecovery_target_name = ''\n");

        assertThat(advice(PgMajor.V13).warnings())
                .singleElement()
                .asString()
                .contains("recovery_target = 'immediate'", "standby");
    }

    @Test
    void aFileThatNamesThisVeryDirectoryIsNoMatter() throws Exception {
        Path link = Files.createSymbolicLink(temporary.resolve("link"), data);
        Files.writeString(data.resolve("postgresql.conf"), "data_directory = '" + link + "'\n");

        assertThat(advice(PgMajor.V13).command()).isEqualTo("pg_ctl -D " + data + " start");
    }

    @Test
    void debiansClusterIsStartedByItsName() throws Exception {
        cluster("main", server);
        cluster("drill", data);

        assertThat(advice(PgMajor.V13).command()).isEqualTo("pg_ctlcluster 13 drill start");
    }

    @Test
    void besideDebiansClusterNothingIsSharedThatTwoCannotShare() throws Exception {
        Path main = cluster("main", server);

        var advice = advice(PgMajor.V13);

        assertThat(advice.command())
                .contains("-c config_file=" + main + "/postgresql.conf", "-c data_directory=" + data, "-c port=5434")
                .contains("-c external_pid_file=external.pid ", "-c stats_temp_directory=pg_stat_tmp");
        assertThat(advice.warnings()).singleElement().asString().contains("no \"postgresql.conf\"");
    }

    private void needed(int offset, int value) throws IOException {
        Files.createDirectories(data.resolve("global"));
        byte[] control = Wal.controlFile(new SystemIdentifier(1), WalSegmentSize.DEFAULT);
        Files.write(data.resolve("global/pg_control"), Wal.controlFile(control, offset, value));
    }

    @ParameterizedTest
    @CsvSource({
        "180, max_connections, 200, 199, 200",
        "184, max_worker_processes, 9, 8, 10",
        "188, max_wal_senders, 11, 0, 11",
        "192, max_prepared_transactions, 5, 4, 0x5",
        "196, max_locks_per_transaction, 65, 64, 100",
    })
    void aSettingThatIsTooSmallForRecoveryIsTold(int offset, String name, int needed, String small, String enough)
            throws Exception {
        needed(offset, needed);
        Path file = data.resolve("postgresql.conf");

        Files.writeString(file, "");
        assertThat(advice(PgMajor.V15).warnings())
                .containsExactly("recovery needs " + name + " = " + needed + " or more, and \"" + file
                        + "\" does not set it: raise it before you start the server");
        Files.writeString(file, name + " = " + small);
        assertThat(advice(PgMajor.V15).warnings()).singleElement().asString().contains("sets " + small + ":");
        Files.writeString(file, name + " = " + enough);
        assertThat(advice(PgMajor.V15).warnings()).isEmpty();
        Files.writeString(file, "");
        Files.writeString(data.resolve("postgresql.auto.conf"), name + " = '" + enough + "'\n");
        assertThat(advice(PgMajor.V15).warnings()).isEmpty();
    }

    @Test
    void aSettingThatWasRaisedAfterTheBackupIsTold() throws Exception {
        needed(180, 100);
        Path file = Files.writeString(data.resolve("postgresql.conf"), "max_connections = 100\n");
        var raised = Map.of("max_connections", 200, "max_wal_senders", 10);

        assertThat(ServerStart.advise(data, PgMajor.V15, Optional.of(server), Set.of(), raised, debian)
                        .warnings())
                .containsExactly("after the backup, max_connections was raised to 200, and \"" + file
                        + "\" sets 100: recovery pauses, or stops, where it comes to that; raise it before you start"
                        + " the server");
        Files.writeString(file, "max_connections = 200\n");
        assertThat(ServerStart.advise(data, PgMajor.V15, Optional.of(server), Set.of(), raised, debian)
                        .warnings())
                .isEmpty();
    }

    @Test
    void theConfigurationOfDebiansClusterMayBeTooSmallForRecovery() throws Exception {
        needed(180, 200);
        Path drill = cluster("drill", data);

        assertThat(advice(PgMajor.V13).warnings())
                .singleElement()
                .asString()
                .contains("max_connections = 200", "\"" + drill + "/postgresql.conf\" does not set it");
    }

    @Test
    void whereNoConfigurationIsKnownItHasToBeGivenBack() {
        assertThat(advice(PgMajor.V13).warnings()).singleElement().asString().contains("give it back");
    }
}
