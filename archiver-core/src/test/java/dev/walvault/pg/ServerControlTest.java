package dev.walvault.pg;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerControlTest {
    @TempDir
    Path directory;

    private Path data;
    private Path debian;

    @BeforeEach
    void aDirectoryOfVersion13() throws IOException {
        data = Files.createDirectory(directory.resolve("my data"));
        Files.writeString(data.resolve("PG_VERSION"), "13\n");
        debian = Files.createDirectories(directory.resolve("etc"));
    }

    @Test
    void debiansClustersHaveDebiansCommands() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), data);
        Path cluster = Files.createDirectories(debian.resolve("13/nc"));
        Files.writeString(cluster.resolve("postgresql.conf"), "data_directory = '" + link + "'\n");

        var control = ServerControl.of(data, debian);

        assertThat(control.debianCluster()).contains(cluster);
        assertThat(control.stop()).isEqualTo("pg_ctlcluster 13 nc stop");
        assertThat(control.start()).isEqualTo("pg_ctlcluster 13 nc start");
    }

    @Test
    void othersAreLeftToPgCtl() {
        var control = ServerControl.of(data, debian);

        assertThat(control.stop()).isEqualTo("pg_ctl -D '" + data + "' stop");
        assertThat(control.start(List.of("port=5433"))).isEqualTo("pg_ctl -D '" + data + "' -o '-c port=5433' start");
    }

    @Test
    void aDirectoryWithoutAVersionIsAnothers() throws IOException {
        Files.delete(data.resolve("PG_VERSION"));

        assertThat(ServerControl.of(data, debian).stop()).isEqualTo("pg_ctl -D '" + data + "' stop");
    }
}
