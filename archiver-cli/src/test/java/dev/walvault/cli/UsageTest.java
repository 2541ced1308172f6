package dev.walvault.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.walvault.cli.console.Texts;
import dev.walvault.cli.wiring.Prefetching;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

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

    /** Otherwise a line of an example would break where nobody can paste it. */
    @ParameterizedTest
    @MethodSource("specifications")
    void noLineOfAnExampleIsWiderThanThePage(CommandSpec command) {
        assertThat(Stream.of(command.usageMessage().footer()))
                .isNotEmpty()
                .map(line -> line.replace("%n", "").replace("%%", "%"))
                .allMatch(line -> line.length() < Texts.PAGE_WIDTH);
    }

    /** Where it can be pasted, it is a command line that this program understands. */
    @ParameterizedTest
    @MethodSource("specifications")
    void everyExampleCanBePasted(CommandSpec command) {
        String footer = String.join("\n", command.usageMessage().footer()).replace("\\\n", "");

        footer.lines()
                .filter(line -> line.startsWith("  walvault "))
                .map(line -> line.replaceFirst(" > .*", ""))
                .forEach(line -> assertThatCode(
                                () -> Reference.commands().parseArgs(words(line.substring("  walvault ".length()))))
                        .as(line)
                        .doesNotThrowAnyException());
    }

    /** As a shell takes them, of a line that has no other quotes than single ones around whole words. */
    private static String[] words(String line) {
        return Pattern.compile("'([^']*)'|[^ ']+")
                .matcher(line)
                .results()
                .map(word -> word.group().replace("'", ""))
                .toArray(String[]::new);
    }

    @Test
    void theExamplesOfARestoreShowTheServersOwnDirectoryAndTheUnfinishedSegment() {
        assertThat(site.run("restore", "--help").out().lines())
                .contains("  walvault restore --in-place --with-tail", "  walvault restore --undo-in-place");
    }

    @Test
    void aRestoreThatIsToldNoDirectoryTellsOfTheWayOverTheServersOwn() {
        Ran ran = site.run("restore");

        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err())
                .startsWith("ERROR:  -D is missing")
                .contains("HINT:  Name an empty directory", "--in-place");
    }

    static Stream<CommandSpec> specifications() {
        CommandLine root = Reference.commands();
        return Stream.concat(Stream.of(root), lines(root)).map(CommandLine::getCommandSpec);
    }

    private static Stream<CommandLine> lines(CommandLine line) {
        return line.getSubcommands().values().stream()
                .flatMap(command -> Stream.concat(Stream.of(command), lines(command)));
    }

    @Test
    void theExampleOfAConfigurationFitsThePage() {
        assertThat(site.run("config", "--example").out().lines())
                .isNotEmpty()
                .allMatch(line -> line.length() <= Texts.PAGE_WIDTH);
    }

    @Test
    void aWrongCommandLineIsStatusTwoInOurWords() {
        assertThat(site.run("init", "x").status()).isEqualTo(2);
        assertThat(site.run("init", "x").err()).startsWith("ERROR:  one argument too many: \"x\"\n");
        assertThat(site.run("init", "--x").err()).startsWith("ERROR:  unknown option \"--x\"\n");
        assertThat(site.run("info", "--x").status()).isEqualTo(2);
    }

    @Test
    void whatIsNoCommandEndsNoRecovery() {
        Ran unknown = site.run("archive-gte", "000000010000000000000001", "pg_wal/RECOVERYXLOG");
        assertThat(unknown.status()).isEqualTo(255);
        assertThat(unknown.err())
                .startsWith("ERROR:  unknown command \"archive-gte\"\nHINT:  Did you mean \"archive-get\"?");

        assertThat(site.run("--confg", "x", "archive-gte").status()).isEqualTo(255);
        assertThat(site.run("restore-point", "crate").status()).isEqualTo(255);
        assertThat(site.run().err()).startsWith("ERROR:  a command is missing\n");
        assertThat(site.run().status()).isEqualTo(255);
        assertThat(site.run("archive-psh", "x").err()).contains("Did you mean \"archive-push\"?");
        assertThat(site.run("expire").err())
                .startsWith("ERROR:  unknown command \"expire\"\n")
                .doesNotContain("Did you mean");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "restore --to-tiem x|--to-time",
                "restore --to-tiem=x|--to-time",
                "restore --to-pont x|--to-point",
                "backup --lable x|--label",
                "info --outptu json|--output",
                "--confgi x info|--config",
            })
    void theOptionThatWasMeantIsNamed(String line, String option) {
        assertThat(site.run(line.split(" ", -1)).err()).contains("HINT:  Did you mean \"" + option + "\"? Try ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help 000000010000000000000001 pg_wal/RECOVERYXLOG",
                "--version 000000010000000000000001 pg_wal/RECOVERYXLOG",
                "--help archive-get 000000010000000000000001 pg_wal/RECOVERYXLOG",
                "archive-get --help 000000010000000000000001 pg_wal/RECOVERYXLOG",
                "archive-get 000000010000000000000001 pg_wal/RECOVERYXLOG --help"
            })
    void helpInPlaceOfAFileEndsNoRecovery(String line) {
        assertThat(site.run(line.split(" ", -1)).status()).isEqualTo(255);
    }

    @Test
    void theLauncherKnowsTheSameCommands() throws IOException {
        var commands = new TreeSet<>(Reference.commands().getSubcommands().keySet());
        commands.add(Prefetching.COMMAND);

        var known = new TreeSet<String>();
        Pattern.compile("^ +([a-z-]+(?: \\| [a-z-]+)+)\\)$", Pattern.MULTILINE)
                .matcher(Files.readString(Path.of("src/main/scripts/walvault")))
                .results()
                .forEach(list -> known.addAll(List.of(list.group(1).split(" \\| ", -1))));

        assertThat(known).isEqualTo(commands);
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
                .isEqualToIgnoringNewLines("{\"walvault\":1,\"command\":\"init\",\"error\":{\"code\":\"CONFIGURATION\","
                        + "\"message\":\"unknown setting \\\"wal.codex\\\"\",\"detail\":\"it stands in "
                        + site.config() + ":7\",\"status\":3,\"hint\":\"Did you mean \\\"wal.codec\\\"?\"}}");
        assertThat(ran.err()).startsWith("ERROR:  unknown setting \"wal.codex\"\nDETAIL:  ");
    }

    @Test
    void anOptionThatMeansNothingWithoutATargetIsRefused() {
        assertThat(site.run("restore", "-D", "x", "--exclusive").err())
                .contains("--exclusive means something only with --to-time, --to-lsn or --to-xid");
        assertThat(site.run("restore", "-D", "x", "--to-point", "p", "--inclusive")
                        .status())
                .isEqualTo(2);
    }

    @Test
    void anActionThatNothingWouldBringAboutIsRefused() {
        assertThat(site.run("restore", "-D", "x", "--action", "shutdown").err())
                .startsWith("ERROR:  --action shutdown means something only with a target");
        assertThat(site.run("restore", "-D", "x", "--action", "promote").err()).doesNotContain("means something");
    }

    @Test
    void aStandbyIsPromotedAtATargetOnly() {
        assertThat(site.run("restore", "-D", "x", "--standby", "--action", "promote")
                        .err())
                .startsWith("ERROR:  --action promote means something for a standby only with a target");
        assertThat(site.run("restore", "-D", "x", "--standby", "--action", "promote", "--to-lsn", "0/3000000")
                        .err())
                .doesNotContain("means something");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--restore-command", "--waldir", "--backup", "--tablespace-all"})
    void anOptionThatAnUnsetVariableLeftEmptyIsRefused(String option) {
        Ran ran = site.run("restore", "-D", "x", option, "");

        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err()).startsWith("ERROR:  " + option + " is empty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--with-tail", "--with-tail=0000000100000000000000AA.partial"})
    void aTailNeedsNoName(String option) {
        site.run("init");

        assertThat(site.run("restore", "-D", "x", option, "--timeline", "1").err())
                .contains("has no complete backup");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--in-place", "--undo-in-place", "--remove-set-aside"})
    void aDirectoryThatIsNotThereIsNoMatterOfInPlace(String task) {
        site.run("init");

        assertThat(site.run("restore", task, "-D", "nodir").err())
                .contains("there is no directory", "HINT:  Name the data directory of a server with -D");
    }

    @Test
    void aScriptCanTellThatThereWasNothingToUndo() {
        Ran ran = site.run("restore", "--undo-in-place");

        assertThat(ran.status()).isEqualTo(39);
        assertThat(ran.err())
                .startsWith("ERROR:  there is nothing to undo")
                .contains("HINT:  If another data directory");
        assertThat(site.run("restore", "--remove-set-aside").status()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--undo-in-place", "--remove-set-aside"})
    void whatIsToBeRestoredIsRefusedWhereNothingIs(String task) {
        Ran ran = site.run("restore", task, "-D", "x", "--to-point", "p");

        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err()).startsWith("ERROR:  --to-point means nothing where nothing is restored");
        assertThat(site.run("restore", task, "-D", "x", "--output", "text").err())
                .doesNotContain("means nothing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "restore --to-lsn 0/1 --to-time 2026-01-01|\"--to-time\" and \"--to-lsn\" exclude each other",
                "restore --action leave|invalid value \"leave\" of option \"--action\": expected one of pause, promote,"
                        + " shutdown",
                "restore --jobs many|invalid value \"many\" of option \"--jobs\": expected a whole number",
                "restore -D|option \"--pgdata-target\" needs a value",
                "restore -D --help|option \"--pgdata-target\" needs a value before \"--help\"",
                "restore -D x -D y|option \"--pgdata-target\" is given twice",
                "backup --annotation x|invalid value \"x\" of option \"--annotation\": expected KEY=VALUE",
            })
    void theParserSpeaksAsTheProgramDoes(String line, String message) {
        Ran ran = site.run(line.split(" ", -1));

        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err()).startsWith("ERROR:  " + message + "\n");
    }

    @Test
    void aTransactionIdThatIsNoNumberIsRefusedInPlainWords() {
        assertThat(site.run("restore", "-D", "x", "--to-xid", "0/3000").err())
                .startsWith("ERROR:  invalid transaction id \"0/3000\": expected a number");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "restore -D x --limit-disk-read 5x --limit-disk-write 1M|--limit-disk-read",
                "restore -D x --limit-disk-read 1M --limit-disk-write 2G|--limit-disk-write",
                "backup --limit-disk-write much|--limit-disk-write",
                "copy 1 2 --backup yesterday|--backup",
                "restore -D x --backup yesterday|--backup",
                "restore -D x --timeline main|--timeline",
                "restore -D x --to-lsn 12|--to-lsn",
                "restore -D x --to-xid 0/3000|--to-xid",
                "restore -D x --to-time noon|--to-time",
                "restore -D x --to-time 2026-11-31T12:00:00Z|--to-time",
                "restore -D x --to-time 2026-02-29T12:00|--to-time",
                "info --system-identifier x|--system-identifier",
            })
    void theOptionOfAnInvalidValueIsNamed(String line, String option) {
        Ran ran = site.run(line.split(" ", -1));

        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err()).contains("option \"" + option + "\"");
    }

    @Test
    void digitsAreTheSameInEveryLocale() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            site.run("init");
            assertThat(site.run("doctor").out().chars().filter(Character::isDigit))
                    .isNotEmpty()
                    .allMatch(digit -> digit <= '9');
        } finally {
            Locale.setDefault(before);
        }
    }
}
