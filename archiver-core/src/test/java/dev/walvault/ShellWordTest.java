package dev.walvault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellWordTest {
    @ParameterizedTest
    @ValueSource(strings = {"/var/lib/postgresql/15/main", "a b", "it's", "$HOME", "~", "a\\b", ""})
    void aShellReadsItAsItWas(String text) throws Exception {
        var echo = new ProcessBuilder("sh", "-c", "printf %s " + ShellWord.of(text)).start();

        assertThat(new String(echo.getInputStream().readAllBytes(), UTF_8)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/var/lib/postgresql/15/main", "c:d%e+f=g@h-i_j"})
    void whatNeedsNoQuotesHasNone(String text) {
        assertThat(ShellWord.of(Path.of(text))).isEqualTo(text);
    }
}
