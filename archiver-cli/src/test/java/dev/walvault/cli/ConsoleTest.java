package dev.walvault.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.observe.Event;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Console console = new Console(
            new Shell(
                    Map.of(),
                    Path.of(""),
                    new PrintStream(PrintStream.nullOutputStream()),
                    new PrintStream(err, true, UTF_8),
                    () -> false,
                    () -> ZoneOffset.UTC,
                    () -> false),
            new GlobalOptions());

    private void retry(String message) {
        var failure = Fault.of(ErrorCode.STORE_UNREACHABLE, message)
                .detail("and so on")
                .store();
        console.on(new Event.Retrying(failure, Duration.ofMillis(200)));
    }

    @Test
    void theSameTroubleIsToldOnce() {
        retry("vault \"one\" is away");
        retry("vault \"one\" is away");
        retry("vault \"two\" is away");

        assertThat(err.toString(UTF_8)).isEqualTo("""
                LOG:  vault "one" is away; trying again in 200ms
                DETAIL:  and so on
                LOG:  vault "two" is away; trying again in 200ms
                DETAIL:  and so on
                """);
    }
}
