package dev.walvault.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.observe.Retrying;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Console console = console(false);

    private Console console(boolean terminal) {
        return new Console(
                new Shell(
                        Map.of(),
                        Path.of(""),
                        new StandardOutput(PrintStream.nullOutputStream(), UTF_8, () -> false),
                        new PrintStream(err, true, UTF_8),
                        () -> terminal,
                        () -> ZoneOffset.UTC,
                        () -> false),
                new GlobalOptions());
    }

    private String printed(boolean terminal, String severity, String message) {
        err.reset();
        console(terminal).line(severity, message);
        return err.toString(UTF_8);
    }

    @Test
    void aLongLineIsWrappedWhereSomebodyLooksAndNowhereElse() {
        String message = "could not store what was sealed, because the directory of the vault has become another one"
                + " meanwhile, as if a file system had been unmounted";

        assertThat(printed(true, "ERROR", message)).isEqualTo("""
                ERROR:  could not store what was sealed, because the directory of the vault has
                \tbecome another one meanwhile, as if a file system had been unmounted
                """);
        assertThat(printed(false, "ERROR", message)).isEqualTo("ERROR:  " + message + "\n");
        assertThat(printed(true, "HINT", "Mount  it.\nOr not.")).isEqualTo("HINT:  Mount  it.\n\tOr not.\n");
    }

    @Test
    void whatSomebodyMayCopyIsNotCut() {
        String path = "\"/var/lib/postgresql/a directory with blanks and a long name/main\"";
        String command = "chown postgres " + path;

        assertThat(printed(true, "ERROR", "could not read " + path))
                .isEqualTo("ERROR:  could not read\n\t" + path + "\n");
        assertThat(printed(true, "HINT", "Give it to the server's user: " + command))
                .isEqualTo("HINT:  Give it to the server's user:\n\t" + command + "\n");
        assertThat(printed(true, "HINT", "It has to hold 32 bytes, or their 44 characters of base64: openssl rand 32"))
                .endsWith("\n\topenssl rand 32\n");
    }

    private void retry(String message) {
        var failure = Fault.of(ErrorCode.STORE_UNREACHABLE, message)
                .detail("and so on")
                .store();
        console.on(new Retrying(failure, Duration.ofMillis(200)));
    }

    @Test
    void theSameTroubleIsToldOnce() {
        retry("vault \"one\" is unreachable");
        retry("vault \"one\" is unreachable");
        retry("vault \"two\" is unreachable");

        assertThat(err.toString(UTF_8)).isEqualTo("""
                LOG:  vault "one" is unreachable; trying again in 200ms
                DETAIL:  and so on
                LOG:  vault "two" is unreachable; trying again in 200ms
                DETAIL:  and so on
                """);
    }
}
