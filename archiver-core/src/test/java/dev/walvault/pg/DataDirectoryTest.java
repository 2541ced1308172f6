package dev.walvault.pg;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataDirectoryTest {

    @ParameterizedTest
    @CsvSource({
        "pg_wal/000000010000000000000013, /data",
        "./pg_wal/x/../000000010000000000000013, /data",
        "000000010000000000000013, /data",
        "/other/pg_wal/000000010000000000000013, /other",
        "/other/backlog/000000010000000000000013, /data",
        "/pg_wal/000000010000000000000013, /",
    })
    void itIsAbovePgWalAndOtherwiseTheWorkingDirectory(Path wal, Path expected) {
        assertThat(DataDirectory.of(wal, Path.of("/data")).path()).isEqualTo(expected);
    }

    @Test
    void aPathInsideOfPgWalFindsItToo() {
        assertThat(DataDirectory.of(Path.of("000000010000000000000013"), Path.of("/data/pg_wal"))
                        .path())
                .isEqualTo(Path.of("/data"));
    }

    @Test
    void aServerThatFollowsAnotherHasAStandbySignal(@TempDir Path data) throws Exception {
        assertThat(new DataDirectory(data).isStandby()).isFalse();

        Files.createFile(data.resolve("standby.signal"));

        assertThat(new DataDirectory(data).isStandby()).isTrue();
        assertThat(new DataDirectory(data).controlFile()).isEmpty();
    }
}
