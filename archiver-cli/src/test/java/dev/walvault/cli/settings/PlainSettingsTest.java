package dev.walvault.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ConfigurationException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainSettingsTest {
    private static final Path FILE = Path.of("/etc/walvault/walvault.toml");

    private static final String USUAL = """
            # where it is
            vault = ["file:///backup/pg", "s3://bucket/prefix?region=eu-central-1"]   # two
            cluster = "main"
            pgdata = "/var/lib/postgresql/15/main"

            [encryption]
            recipients = []
            identity_files = [ "/root/a.age" , "b ü.age",]

            [wal] # fast
            codec = "zstd"
            \tlevel=1

            [postgres]
            port = 5432
            password = "# no comment"

            [archive_push]
            copies = 1
            """;

    @Test
    void aUsualFileNeedsNoParser() throws ConfigurationException {
        Optional<Map<Setting, Value>> plain = PlainSettings.read(FILE, USUAL);

        assertThat(plain).contains(SettingsFile.parse(FILE, USUAL));
        assertThat(plain.orElseThrow()).hasSize(10);
    }

    @Test
    void theExampleNeedsNoParser() throws ConfigurationException {
        String example = SettingsText.example();

        assertThat(PlainSettings.read(FILE, example)).contains(SettingsFile.parse(FILE, example));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cluster = 'main'",
                "cluster = \"\"\"main\"\"\"",
                "cluster = \"ma\\u0069n\"",
                "cluster = \"main",
                "cluster = \"main\" x",
                "cluster = main",
                "cluster = 1",
                "cluster = ",
                "cluster",
                "cluster = \"a\"\ncluster = \"b\"",
                "clustre = \"main\"",
                "\"cluster\" = \"main\"",
                "wal.level = 1",
                "[wal]\nlevel = \"1\"",
                "[wal]\nlevel = 0x1",
                "[wal]\nlevel = 01",
                "[wal]\nlevel = 1_0",
                "[wal]\nlevel = +1",
                "[wal]\nlevel = 1.0",
                "[wal]\nlevel = 12345678901",
                "[wal]\n[wal]",
                "[wall]",
                "[[wal]]",
                "[ wal ]",
                "[wal",
                "[]",
                "vault = [\"/a\" \"/b\"]",
                "vault = [,]",
                "vault = [\"/a\",,]",
                "vault = [\"/a\",\n\"/b\"]",
                "vault = [1]",
                "cluster = \"main\"\r\n",
                "# a bell \u0007",
                "cluster = \"a\u0001b\"",
                "\ufeffcluster = \"main\""
            })
    void whateverElseThereIsIsTheParsers(String text) {
        assertThat(PlainSettings.read(FILE, text)).isEmpty();
    }

    /** What is read without the parser is what the parser reads, however the file was garbled. */
    @Test
    void aGarbledFileIsReadAsTheParserDoes() throws ConfigurationException {
        var random = new SplittableRandom(4);
        String pieces = "[]\"'=#,.\\ \t\n01a_é\u0001";
        int plain = 0;
        for (int i = 0; i < 3000; i++) {
            var text = new StringBuilder(USUAL);
            for (int change = random.nextInt(3); change >= 0; change--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.insert(at, pieces.charAt(random.nextInt(pieces.length())));
                    case 1 -> text.setCharAt(at, pieces.charAt(random.nextInt(pieces.length())));
                    default -> text.deleteCharAt(at);
                }
            }
            Optional<Map<Setting, Value>> read = PlainSettings.read(FILE, text.toString());
            if (read.isPresent()) {
                plain++;
                assertThat(SettingsFile.parse(FILE, text.toString()))
                        .as(text.toString())
                        .isEqualTo(read.get());
            }
        }
        assertThat(plain).isGreaterThan(300);
    }

    @Test
    void linesOfAnyOrderAreReadAsTheParserDoes() throws ConfigurationException {
        var random = new SplittableRandom(5);
        for (int i = 0; i < 300; i++) {
            List<String> lines = new ArrayList<>(USUAL.lines().toList());
            var text = new StringBuilder();
            while (!lines.isEmpty()) {
                text.append(lines.remove(random.nextInt(Math.min(3, lines.size()))))
                        .append('\n');
            }
            Optional<Map<Setting, Value>> read = PlainSettings.read(FILE, text.toString());
            if (read.isPresent()) {
                assertThat(SettingsFile.parse(FILE, text.toString()))
                        .as(text.toString())
                        .isEqualTo(read.get());
            }
        }
    }
}
