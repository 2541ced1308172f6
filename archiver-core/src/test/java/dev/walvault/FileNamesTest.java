package dev.walvault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileNamesTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "core-é, 'core-\uDCE9', ISO-8859-1",
        "core-è, 'core-\uDCE8', ISO-8859-1",
        "core-é, core-é, UTF-8",
        "PG_VERSION, PG_VERSION, UTF-8",
        "😀, 😀, UTF-8",
    })
    void bytesThatAreNoUtf8AreKept(String name, String text, String charset) throws Exception {
        byte[] bytes = name.getBytes(Charset.forName(charset));

        assertThat(FileNames.decode(bytes)).isEqualTo(text);
        assertThat(FileNames.encode(text)).isEqualTo(bytes);
    }

    @Test
    void everySequenceOfBytesSurvives() {
        var random = new Random(9);
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = new byte[random.nextInt(12)];
            random.nextBytes(bytes);
            assertThat(FileNames.encode(FileNames.decode(bytes))).isEqualTo(bytes);
        }
        // a surrogate in UTF-8, which UTF-8 does not allow, must not become a byte that stands for itself
        byte[] surrogate = {(byte) 0xED, (byte) 0xB2, (byte) 0x80};
        assertThat(FileNames.encode(FileNames.decode(surrogate))).isEqualTo(surrogate);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uD83D", "x\uDC00", "\uDC7F", "\uDD00"})
    void halfACharacterIsNoFileName(String text) {
        assertThatThrownBy(() -> FileNames.encode(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "core-\uDCE9", "über", "a%41b", "a\\b", "a b#?", "line\nfeed", "\uDCFF\uDCFE"})
    void aFileIsFoundAgainByTheTextOfItsName(String name) throws Exception {
        Path file = directory.resolve(FileNames.path(name));
        Files.writeString(file, "x");

        try (var entries = Files.newDirectoryStream(directory)) {
            Path found = entries.iterator().next();
            assertThat(FileNames.lastName(found)).isEqualTo(name);
            assertThat(FileNames.text(found)).isEqualTo(FileNames.text(directory) + "/" + name);
            assertThat(FileNames.path(FileNames.text(found))).isEqualTo(found).isRegularFile();
        }
    }

    @Test
    void aDirectoryHasNoSlashAtTheEndOfItsText() throws Exception {
        Path made = Files.createDirectory(directory.resolve(FileNames.path("d-\uDCE9")));

        assertThat(FileNames.lastName(made)).isEqualTo("d-\uDCE9");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ts/\uDCE9/a", "../\uDCE9/a", "\uDCE9", "../../etc/x"})
    void theTargetOfALinkIsKept(String target) throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), FileNames.path(target));

        assertThat(FileNames.text(Files.readSymbolicLink(link))).isEqualTo(target);
    }
}
