package dev.walvault.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Page checksums: what a backup says of pages that went bad on the server's disk. */
class ChecksumTest {

    @Test
    void aBadPageIsListedAndTheBackupIsKept() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            var primary = site.primary();
            primary.sql("CREATE TABLE t AS SELECT generate_series(1, 5000) n", "CREATE TABLE other AS SELECT 42 AS n");
            String file = primary.value("SELECT pg_relation_filepath('t')");
            primary.stop();
            damage(primary.dataDirectory().resolve(file), 2 * 8192 + 4000);
            primary.start();

            var ran = site.walvault().run("backup", "--label", "wounded");

            assertThat(ran.status()).isEqualTo(24);
            assertThat(ran.err()).contains(file).contains("2");
            assertThat(site.ok("info", "--output", "json")).contains("\"label\":\"wounded\"", "\"badPages\":1");
            site.archiveAll();
            primary.stop();
            try (var server = site.restore("copy")) {
                assertThat(server.value("SELECT n FROM other")).isEqualTo("42");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aServerIsBackedUpUnderLoadWithOrWithoutChecksums(boolean checksums) throws Exception {
        try (var site = Site.start(
                PostgresBinaries.of(15),
                setup -> checksums
                        ? setup.walSegmentMegabytes(16)
                        : setup.walSegmentMegabytes(16).withoutChecksums())) {
            var pgbench = Pgbench.on(site.primary()).orElseThrow();
            pgbench.initialise(4);
            try (var load = pgbench.start(4, Duration.ofSeconds(60))) {
                site.ok("backup", "--jobs", "2");
                load.terminate();
            }
            site.archiveAll();
            site.primary().stop();

            try (var server = site.restore("copy")) {
                assertThat(server.value("SHOW data_checksums")).isEqualTo(checksums ? "on" : "off");
                assertThat(
                                server.value(
                                        "SELECT (SELECT sum(abalance) FROM pgbench_accounts) = (SELECT sum(delta) FROM pgbench_history)"
                                                + " AND (SELECT sum(bbalance) FROM pgbench_branches) = (SELECT sum(tbalance) FROM pgbench_tellers)"))
                        .isEqualTo("t");
            }
        }
    }

    private static void damage(Path file, long offset) throws Exception {
        try (var open = new RandomAccessFile(file.toFile(), "rw")) {
            open.seek(offset);
            int old = open.read();
            open.seek(offset);
            open.write(old ^ 0x55);
        }
    }
}
