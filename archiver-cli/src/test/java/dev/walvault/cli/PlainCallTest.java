package dev.walvault.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainCallTest {
    private static final String SEGMENT = "000000010000000000000001";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "archive-push pg_wal/" + SEGMENT,
                "archive-get " + SEGMENT + " pg_wal/RECOVERYXLOG",
                "--config f archive-push pg_wal/" + SEGMENT,
                "archive-push -c f pg_wal/" + SEGMENT,
                "archive-get " + SEGMENT + " pg_wal/RECOVERYXLOG --config f",
            })
    void whatAServerCallsIsFoundAndConfiguredAsByTheParser(String line) {
        Invocation plain = invocation();
        Invocation parsed = invocation();
        String[] words = line.split(" ", -1);
        var tree = CommandTree.of(parsed, words).parseArgs(words);

        assertThat(PlainCall.of(plain, words).orElseThrow())
                .usingRecursiveComparison()
                .ignoringFields("invocation")
                .isEqualTo(tree.subcommand().commandSpec().userObject());
        assertThat(plain.options().config()).isEqualTo(parsed.options().config());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "version",
                "archive-push",
                "archive-push a b",
                "archive-get a",
                "archive-get a b c",
                "archive-push --help",
                "archive-push -q a",
                "archive-push -- a",
                "archive-push ",
                "archive-get a  b",
                "--config archive-push a",
                "archive-push a --config",
                "--config f --config g archive-push a",
                "--config=f archive-push a",
                "--config -q archive-push a",
                "a archive-push",
                "archive-pusch a",
                "archive-push a\0b",
                "archive-push a -c \0",
            })
    void whateverElseIsCalledIsTheParsers(String line) {
        Invocation invocation = invocation();

        assertThat(PlainCall.of(invocation, line.split(" ", -1))).isEmpty();
        assertThat(invocation.options().config()).isEmpty();
    }

    private static Invocation invocation() {
        var nowhere = new PrintStream(OutputStream.nullOutputStream());
        return new Invocation(new Shell(
                Map.of(), Path.of("/data"), nowhere, nowhere, () -> false, () -> ZoneOffset.UTC, () -> false));
    }
}
