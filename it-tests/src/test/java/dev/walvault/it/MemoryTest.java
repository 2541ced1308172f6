package dev.walvault.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;

/** Memory does not grow with the number of files, nor with the size of a table. */
@DisabledIf(value = "dev.walvault.it.Walvault#isNative", disabledReason = "the limit is one for a JVM")
class MemoryTest {
    private static final String HEAP = "-Xmx192m";
    private static final Duration LONG = Duration.ofMinutes(10);

    @Test
    void twoHundredThousandFilesAndATableOfOneGigabyteFitIn192Megabytes() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15), setup -> setup.walSegmentMegabytes(64))) {
            var primary = site.primary();
            // one wide row on each page, so that the WAL of it stays small
            primary.sql(
                    "CREATE TABLE big (n int, filler text) WITH (fillfactor = 10, autovacuum_enabled = off)",
                    "ALTER TABLE big ALTER filler SET STORAGE PLAIN",
                    "INSERT INTO big SELECT n, repeat(md5(n::text), 20) FROM generate_series(1, 131072) n");
            assertThat(Long.parseLong(primary.value("SELECT pg_relation_size('big')")))
                    .isGreaterThanOrEqualTo(1L << 30);
            manyFiles(primary.dataDirectory().resolve("many"), 200_000);
            Walvault small = site.walvault().environment("WALVAULT_JAVA_OPTS", HEAP);

            small.run(LONG, "backup", "--jobs", "4").orThrow();
            primary.stop();
            Path copy = site.workspace().path("copy");
            small.run(LONG, "restore", "-D", copy.toString(), "--jobs", "4").orThrow();

            String counted = Program.of("sh", "-c", "find many -type f | wc -l")
                    .in(copy)
                    .run()
                    .orThrow()
                    .out()
                    .strip();
            assertThat(counted).isEqualTo("200000");
            try (var server = PostgresServer.on(primary.binaries(), site.workspace(), copy)) {
                server.start();
                server.awaitPromoted(Site.PATIENCE);
                assertThat(server.value("SELECT count(*) FROM big")).isEqualTo("131072");
            }
        }
    }

    /** Small files of different content, a thousand to a directory, as the server's user. */
    private static void manyFiles(Path directory, int count) throws Exception {
        Program.of(
                        "sh",
                        "-c",
                        "mkdir \"$0\" && cd \"$0\" && i=0 && while [ $i -lt " + count / 1000
                                + " ]; do mkdir d$i && (cd d$i && seq -f \"file $i-%g\" 1000 | split -l 1 -a 4 - f); i=$((i+1)); done",
                        directory.toString())
                .run(LONG)
                .orThrow();
    }
}
