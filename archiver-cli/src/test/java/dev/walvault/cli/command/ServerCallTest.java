package dev.walvault.cli.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.walvault.ArchiverException;
import dev.walvault.cli.Ran;
import dev.walvault.cli.Site;
import dev.walvault.cli.console.Failures;
import dev.walvault.cli.console.Invocation;
import dev.walvault.cli.console.Shell;
import dev.walvault.cli.console.StandardOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

class ServerCallTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "archive-push pg_wal/000000010000000000000001",
                "archive-get 000000010000000000000001 pg_wal/RECOVERYXLOG",
                "--config f archive-push a",
                "archive-push --config f a",
                "archive-push --config=f a",
                "archive-push --config=f=g a",
                "archive-push --config= a",
                "archive-push --config  a",
                "archive-push -c f a",
                "archive-push -cf a",
                "archive-push -c=f a",
                "archive-get a b --config f",
                "archive-push --output json a",
                "--output=JSONL archive-push a",
                "archive-push a --output Text",
                "archive-push -v a",
                "archive-push --verbose a",
                "-q archive-push a",
                "archive-push --quiet a",
                "archive-push -qv a",
                "archive-push -vqc f a",
                "archive-push -vqcf a",
                "archive-get --system-identifier 7000000000000000000 a b",
                "archive-get a --system-identifier=7000000000000000000 b",
                "archive-push -- a",
                "archive-push -- -a",
                "archive-push -- --help",
                "archive-get -q -- a --quiet",
                "archive-push a --",
                "archive-push -",
                "archive-push ",
                "archive-push @f",
                "archive-push archive-get",
                "archive-get archive-push archive-get",
            })
    void whatIsGivenMeansTheSameAsForOtherCommands(String line) throws ArchiverException {
        Invocation ours = invocation();
        Invocation theirs = invocation();
        String[] words = words(line);
        var tree = CommandTree.of(theirs, words).parseArgs(words);

        assertThat(parse(ours, words))
                .usingRecursiveComparison()
                .ignoringFields("invocation")
                .isEqualTo(tree.subcommand().commandSpec().userObject());
        assertThat(ours.options()).usingRecursiveComparison().isEqualTo(theirs.options());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "archive-push",
                "archive-push -q",
                "archive-get",
                "archive-get a",
                "archive-push a b",
                "archive-push a b c",
                "archive-push -- a b",
                "archive-get a b c",
                "archive-push --x a",
                "archive-push --x=1 a",
                "archive-push a --x --y",
                "archive-push -x a",
                "archive-push -xq a",
                "archive-push -qx a",
                "archive-push --quie a",
                "archive-push --Quiet a",
                "archive-push ---quiet a",
                "archive-push -V a",
                "archive-push --version a",
                "--x archive-push a",
                "archive-push --system-identifier 1 a",
                "--system-identifier 1 archive-get a b",
                "archive-get --system-identifier x a b",
                "archive-get --system-identifier= a b",
                "archive-push --output xml a",
                "archive-push --output= a",
                "archive-push a --config",
                "archive-push a -c",
                "archive-push a -qc",
                "archive-push a --output",
                "archive-get a b --system-identifier",
                "archive-push --config -q a",
                "archive-push --config --quiet a",
                "archive-push -c -- a",
                "--config archive-push a",
                "archive-push --config f --config g a",
                "archive-push -c f --config=g a",
                "archive-push --output json a --output json",
                "archive-push -q -q a",
                "archive-push -vv a",
                "archive-get --system-identifier 1 --system-identifier 1 a b",
            })
    void aMistakeIsRefusedAsThatOfOtherCommands(String line) {
        String[] words = words(line);
        ParameterException theirs = catchThrowableOfType(
                ParameterException.class,
                () -> CommandTree.of(invocation(), words).parseArgs(words));

        assertThat(said(refused(line))).isEqualTo(said(Failures.usage(theirs, true)));
    }

    private static String said(ArchiverException failure) {
        return failure.code() + ": " + failure.getMessage() + failure.detail();
    }

    /** Where picocli takes what nobody can have meant, or names the lesser of two mistakes. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-q archive-push -q a|option \"--quiet\" is given twice",
                "--config f archive-push --config g a|option \"--config\" is given twice",
                "archive-push --config --x a|option \"--config\" needs a value before \"--x\"",
                "archive-push --config -x a|option \"--config\" needs a value before \"-x\"",
                "archive-push --quiet=false a|option \"--quiet\" takes no value",
                "archive-push -q=false a|option \"--quiet\" takes no value",
                "archive-push --help=x|option \"--help\" takes no value",
                "archive-push --x|unknown option \"--x\"",
                "archive-push --help --x|unknown option \"--x\"",
                "archive-get a -5|unknown option \"-5\"",
                "x archive-get a b|unknown command \"x\"",
                "backup archive-push|unknown command \"backup\"",
            })
    void whatNobodyCanHaveMeantIsRefused(String line, String message) {
        assertThat(refused(line)).hasMessage(message);
    }

    @Test
    void aFileWhoseNameBeginsAsAnOptionIsNamedBehindAnEqualsSign() throws ArchiverException {
        Invocation invocation = invocation();
        var _ = parse(invocation, words("archive-push --config=-q a"));

        assertThat(invocation.options().config()).contains(Path.of("-q"));
    }

    @Test
    void aPathThatIsNoneIsRefused() {
        assertThat(refused("archive-push a\0b")).hasMessage("invalid path \"a\0b\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "archive-push --quie a|Did you mean \"--quiet\"? Try \"walvault archive-push --help\".",
                "archive-get --system-identifer 1|Did you mean \"--system-identifier\"? Try \"walvault archive-get --help\".",
                "archive-push --wholly-unknown a|Try \"walvault archive-push --help\".",
                "archive-pusch archive-push|Did you mean \"archive-push\"? Try \"walvault archive-push --help\".",
                "archive-get a|Try \"walvault archive-get --help\".",
            })
    void aHintTellsWhatWasMeant(String line, String hint) {
        assertThat(refused(line).hint()).contains(hint);
    }

    @ParameterizedTest
    @ValueSource(strings = {"archive-push", "archive-get"})
    void everyOptionThatHelpShowsIsKnownAndNoOther(String command) {
        CommandLine root = CommandTree.of(invocation(), new String[0]);
        CommandLine one = Objects.requireNonNull(root.getSubcommands().get(command));
        Stream<OptionSpec> shown =
                Stream.concat(root.getCommandSpec().options().stream(), one.getCommandSpec().options().stream());
        Stream<ServerCall.Option> known = Arrays.stream(ServerCall.Option.values())
                .filter(option -> option != ServerCall.Option.SYSTEM || command.equals(CommandTree.ARCHIVE_GET));

        assertThat(shown.map(option -> described(
                                option.longestName(),
                                option.shortestName(),
                                option.arity().max()))
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(
                        known.map(option -> described(option.longName(), option.letter(), option.isValued() ? 1 : 0))
                                .toList());
    }

    private static String described(String longName, String other, int values) {
        String letter = other.equals(longName) ? "" : other;
        return longName + " " + letter + " " + values;
    }

    @ParameterizedTest
    @ValueSource(strings = {"archive-push --help", "-h archive-push", "--help archive-push -q", "archive-push -qh"})
    void helpIsThatOfTheCommand(String line) throws IOException {
        Ran ran = Site.in(directory).run(words(line));

        assertThat(ran.status()).isZero();
        assertThat(ran.out()).startsWith("Usage: walvault archive-push");
    }

    @Test
    void theVersionIsPrintedBeforeACommand() throws IOException {
        assertThat(Site.in(directory).run("-V", "archive-push"))
                .isEqualTo(Site.in(directory).run("version"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "archive-get",
                "archive-get a",
                "archive-get a b c",
                "archive-get --x a b",
                "archive-get --output xml a b",
                "archive-get a b --config",
                "archive-get --system-identifier x a b",
                "archive-get --quiet=x a b",
                "-V archive-get a",
                "archive-get a b -h",
                "backup archive-get a b",
            })
    void noMistakeEndsARecovery(String line) throws IOException {
        assertThat(Site.in(directory).run(words(line)).status()).isEqualTo(255);
    }

    @Test
    void aMistakeInAnArchiveCommandStopsNoServer() throws IOException {
        Site site = Site.in(directory);

        assertThat(site.run("archive-push", "--x", "a").status()).isEqualTo(2);
        assertThat(site.run("backup", "archive-push", "a").status()).isEqualTo(125);
    }

    @Test
    void theConfigurationThatIsNamedSaysWhatDoubtMeansAfterAMistake() throws IOException {
        Site site = Site.in(directory);
        site.configure("recovery_doubt = \"absent\"\n");

        assertThat(site.run("archive-get", "--x", "a", "b").status()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"archive-push --output json --x a", "archive-push --x --output=json a"})
    void aProgramIsToldOfAMistakeInJson(String line) throws IOException {
        assertThat(Site.in(directory).run(words(line)).out())
                .contains("\"command\":\"archive-push\"", "\"message\":\"unknown option \\\"--x\\\"\"");
    }

    private static ArchiverException refused(String line) {
        return catchThrowableOfType(ArchiverException.class, () -> parse(invocation(), words(line)));
    }

    private static Subcommand parse(Invocation invocation, String[] words) throws ArchiverException {
        return ServerCall.parse(invocation, CommandTree.serverCommand(words).orElseThrow(), words);
    }

    private static String[] words(String line) {
        return line.split(" ", -1);
    }

    private static Invocation invocation() {
        var nowhere = new PrintStream(OutputStream.nullOutputStream());
        return new Invocation(new Shell(
                Map.of(),
                Path.of("/data"),
                new StandardOutput(nowhere, UTF_8, () -> false),
                nowhere,
                () -> false,
                () -> ZoneOffset.UTC,
                () -> false));
    }
}
