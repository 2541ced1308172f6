package dev.walvault.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What PostgreSQL asks of its messages, as far as the sources show it: a hint is a sentence, and begins as one. */
class MessageStyleTest {
    /** A literal that a hint begins with, or one of the two that a condition chooses between. */
    private static final Pattern BEGINNING = Pattern.compile("\\.hint\\(\\s*(?:[^\"();+]*\\?\\s*)?\"(.[^\"]*)");

    @ParameterizedTest
    @ValueSource(strings = {"archiver-core", "storage-fs", "storage-s3", "archiver-cli"})
    void aHintBeginsAsASentence(String module) throws IOException {
        var hints = new ArrayList<String>();
        try (var files = Files.walk(Path.of("..", module, "src/main/java"))) {
            for (Path file :
                    (Iterable<Path>) files.filter(each -> each.toString().endsWith(".java"))::iterator) {
                hints.addAll(beginnings(Files.readString(file)));
            }
        }

        assertThat(hints).isNotEmpty().allMatch(hint -> !Character.isLowerCase(hint.charAt(0)));
    }

    @Test
    void theBeginningsAreFound() {
        assertThat(beginnings(".hint(\"check it\").hint(\n  isThere\n ? \"Look.\" : \"\").hint(a + \"b\")"))
                .containsExactly("check it", "Look.");
    }

    private static List<String> beginnings(String source) {
        return BEGINNING.matcher(source).results().map(match -> match.group(1)).toList();
    }
}
