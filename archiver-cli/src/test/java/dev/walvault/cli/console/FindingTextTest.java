package dev.walvault.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.OwnLine;
import dev.walvault.examine.Finding;
import org.junit.jupiter.api.Test;

class FindingTextTest {
    private final FindingText plain = new FindingText(false);

    @Test
    void whatIsSeenAndTheFixAreWrappedBesideTheirCheck() {
        var finding = Finding.failed(
                "archive_mode",
                ErrorCode.POSTGRES_SETTINGS,
                "it is off: the server takes writes, and nothing of them is archived",
                "ALTER SYSTEM SET archive_mode = on; then restart the server and take a backup.");

        assertThat(plain.of(finding)).isEqualTo("""
                FAILED  archive_mode         it is off: the server takes writes, and nothing of
                                             them is archived
                                             -> ALTER SYSTEM SET archive_mode = on; then restart
                                                the server and take a backup.""");
    }

    @Test
    void aWordLongerThanALineStaysWhole() {
        String path = "/a".repeat(50);

        assertThat(plain.of(Finding.ok("x", "at " + path + " now")).lines())
                .containsExactly("OK      x                    at", path, " ".repeat(29) + "now");
    }

    @Test
    void whatIsTooLongForItsPlaceIsMovedToTheLeft() {
        String command = "x".repeat(70);

        assertThat(plain.of(Finding.failed("x", ErrorCode.POSTGRES_SETTINGS, command, command))
                        .lines())
                .containsExactly(
                        "FAILED  x", " ".repeat(10) + command, " ".repeat(29) + "->", " ".repeat(10) + command);
    }

    @Test
    void aLiteralOfSqlStaysWholeAndAnApostropheIsNone() {
        String fix =
                "ALTER SYSTEM SET archive_command = 'walvault --config /etc/walvault/a.toml archive-push %p'; then look"
                        + " at the server's log and this host's clock, and at what it says of both of them.";

        assertThat(plain.of(Finding.failed("x", ErrorCode.POSTGRES_SETTINGS, "wrong", fix))
                        .lines())
                .map(String::strip)
                .containsExactly(
                        "FAILED  x                    wrong",
                        "-> ALTER SYSTEM SET archive_command =",
                        "'walvault --config /etc/walvault/a.toml archive-push %p';",
                        "then look at the server's log and this host's",
                        "clock, and at what it says of both of them.");
    }

    @Test
    void aCommandToPasteHasALineOfItsOwnAndStaysWhole() {
        String command =
                "chown -R postgres /a/long/path/that/does/not/fit/into/what/is/left/of/a/line/of/eighty/columns";
        String fix = "Give it back to the server's user, as root:" + OwnLine.of(command) + "\nand run this again.";

        assertThat(plain.of(Finding.warning("x", "wrong", fix)).lines())
                .containsExactly(
                        "WARNING x                    wrong",
                        " ".repeat(29) + "-> Give it back to the server's user, as root:",
                        command,
                        " ".repeat(32) + "and run this again.");
    }

    @Test
    void coloursAreAroundTheVerdictOnly() {
        assertThat(new FindingText(true).of(Finding.ok("disk", "fine")))
                .isEqualTo("\u001b[32mOK\u001b[0m      disk                 fine");
    }
}
