package dev.walvault.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class UsageTest {
    @TempDir
    Path directory;

    private Site site;

    @BeforeEach
    void configure() throws IOException {
        site = Site.in(directory);
    }

    static Stream<String> commands() {
        return below(Reference.commands());
    }

    private static Stream<String> below(CommandLine line) {
        return line.getSubcommands().values().stream()
                .flatMap(command -> Stream.concat(
                        Stream.of(command.getCommandSpec().qualifiedName().substring("walvault ".length())),
                        below(command)));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasHelpWithAnExample(String command) {
        Ran ran = site.run((command + " --help").split(" ", -1));

        assertThat(ran.status()).isZero();
        assertThat(ran.out())
                .startsWith("Usage: walvault " + command)
                .contains("Example")
                .contains("walvault ");
        assertThat(ran.out()).contains("--config=FILE").contains("--output=FORMAT");
        assertThat(ran.out().lines()).allMatch(line -> line.length() <= 100);
    }

    @Test
    void aWrongCommandLineIsStatusTwoInOurWords() {
        Ran unknown = site.run("archive-psh", "x");
        assertThat(unknown.status()).isEqualTo(2);
        assertThat(unknown.err())
                .startsWith("ERROR:  unknown command \"archive-psh\"\nHINT:  Did you mean \"archive-push\"?");

        assertThat(site.run("init", "x").err()).startsWith("ERROR:  one argument too many: \"x\"\n");
        assertThat(site.run("init", "--x").err()).startsWith("ERROR:  unknown option \"--x\"\n");
        assertThat(site.run().err()).startsWith("ERROR:  a command is missing\n");
        assertThat(site.run().status()).isEqualTo(2);
    }

    @Test
    void globalOptionsStandBeforeOrAfterTheCommand() {
        String after = site.bare(directory, "version", "--output", "json").out();
        String before = site.bare(directory, "--output=JSON", "version").out();

        assertThat(after).isEqualTo(before).startsWith("{\"walvault\":1,\"command\":\"version\",\"version\":\"");
    }

    @Test
    void anErrorIsAnObjectOnStandardOutputInJson() throws IOException {
        site.configure("[wal]\ncodex = \"zstd\"\n");

        Ran ran = site.run("init", "--output", "json");

        assertThat(ran.out())
                .isEqualToIgnoringNewLines(
                        "{\"walvault\":1,\"command\":\"init\",\"error\":{\"code\":\"CONFIGURATION\",\"status\":3,"
                                + "\"message\":\"unknown setting \\\"wal.codex\\\"\",\"detail\":\"it stands in "
                                + site.config() + ":7\",\"hint\":\"Did you mean \\\"wal.codec\\\"?\"}}");
        assertThat(ran.err()).startsWith("ERROR:  unknown setting \"wal.codex\"\nDETAIL:  ");
    }
}
