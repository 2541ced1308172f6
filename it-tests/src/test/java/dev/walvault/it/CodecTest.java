package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The codecs that are not the default, each for WAL and for backups, in a vault without encryption. */
class CodecTest {

    @ParameterizedTest
    @CsvSource({"lz4, none", "none, lz4", "gzip, xz"})
    void aServerComesBackFromAPlainVault(String wal, String backup) throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15), setup -> setup)) {
            Path vault = site.workspace().path("plain");
            var plain = site.configured(
                    "plain",
                    text -> text.replace("file://" + site.vault(), "file://" + vault)
                                    .replaceAll("(recipients|identity_files) = .*", "")
                            + "\n[wal]\ncodec = \"" + wal + "\"\n\n[backup]\ncodec = \"" + backup + "\"\n");
            plain.run("init").orThrow();
            site.primary().configure("archive_command", plain.archiveCommand());
            site.primary().reload();
            site.primary().sql("CREATE TABLE t AS SELECT generate_series(1, 1000) n");
            plain.run("backup").orThrow();
            site.primary().sql("INSERT INTO t VALUES (1001)");
            site.archiveAll();
            site.primary().stop();

            Path copy = site.workspace().path("copy");
            plain.run("restore", "-D", copy.toString()).orThrow();

            try (var server = site.open("copy", Map.of())) {
                server.start();
                server.awaitPromoted(PATIENCE);
                assertThat(server.value("SELECT count(*) FROM t")).isEqualTo("1001");
            }
            requireCodec(vault, "/wal/", wal);
            requireCodec(vault, "/packs/", backup);
        }
    }

    /** By what its metadata frame says, and by the first bytes after it. */
    private static void requireCodec(Path vault, String part, String codec) throws Exception {
        byte[] lz4 = {0x04, 0x22, 0x4D, 0x18};
        String said = "\"codec\":\"" + codec + "\"";
        try (Stream<Path> files = Files.walk(vault)) {
            var objects = files.filter(
                            file -> Files.isRegularFile(file) && file.toString().contains(part))
                    .toList();
            assertThat(objects).isNotEmpty();
            for (Path object : objects) {
                byte[] start = Files.readAllBytes(object);
                assertThat(new String(start, 8, 504, US_ASCII)).contains(said);
                boolean framed = Arrays.equals(start, 512, 516, lz4, 0, 4);
                assertThat(framed).as(object.toString()).isEqualTo(codec.equals("lz4"));
            }
        }
    }
}
