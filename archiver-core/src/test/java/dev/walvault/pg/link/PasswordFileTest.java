package dev.walvault.pg.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordFileTest {
    @TempDir
    Path directory;

    private final List<String> warnings = new ArrayList<>();

    private Optional<String> find(String content, String mode) throws IOException {
        Path file = Files.writeString(directory.resolve(".pgpass"), content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        return new PasswordFile(file)
                .find(List.of("/run/pg", "db.example.org"), 5432, "a:b", "bob", warnings::add)
                .map(Secret::reveal);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "db.example.org:5432:a\\:b:bob:secret|secret",
                "/run/pg:5432:a\\:b:bob:secret|secret",
                "*:*:*:*:of: all\\\\|of: all\\",
                "*:*:*:*:a\\:b|a:b",
                "db.example.org:5433:*:*:secret|",
                "DB.example.org:5432:*:*:secret|",
                "*:*:*:alice:secret|",
                "# *:*:*:*:secret|",
                "*:*:*:*|",
            })
    void aLineFitsOrDoesNot(String line, String password) throws IOException {
        assertThat(find(line + "\n", "rw-------")).isEqualTo(Optional.ofNullable(password));
        assertThat(warnings).isEmpty();
    }

    @Test
    void theFirstLineThatFitsCounts() throws IOException {
        assertThat(find("other:*:*:*:one\n*:*:*:bob:two\n*:*:*:*:three\n", "rw-------"))
                .contains("two");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw--w----", "rw----r--", "rw---x---"})
    void aFileThatOthersCanUseIsNotUsed(String mode) throws IOException {
        assertThat(find("*:*:*:*:secret\n", mode)).isEmpty();
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains(directory.resolve(".pgpass").toString(), "is not used", "chmod 600")
                .doesNotContain("secret");
    }

    @Test
    void aFileThatIsNotThereIsNoTrouble() {
        assertThat(new PasswordFile(directory.resolve("nothing")).find(List.of("x"), 1, "d", "u", warnings::add))
                .isEmpty();
        assertThat(warnings).isEmpty();
    }
}
