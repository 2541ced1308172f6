package dev.walvault.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.cli.option.TargetOptions;
import dev.walvault.observe.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextsTest {
    @ParameterizedTest
    @CsvSource({"0,0 bytes", "10239,10239 bytes", "10240,10 kB", "16777216,16 MB", "23000000,22 MB"})
    void sizesAreWhatPostgresPrints(long bytes, String text) {
        assertThat(Texts.size(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-20 22:15:00+01, 2026-11-20T21:15:00Z",
        "2026-11-20 22:15:00.123456+05:30, 2026-11-20T16:45:00.123456Z",
        "2026-11-20T22:15:00Z, 2026-11-20T22:15:00Z",
        "2026-11-20 22:15:00, 2026-11-20T20:15:00Z",
        "2026-11-20 22:15, 2026-11-20T20:15:00Z",
    })
    void timesMayHaveAnOffsetOrBeLocal(String text, Instant time) {
        assertThat(TargetOptions.instant(text, ZoneOffset.ofHours(2))).isEqualTo(time);
    }

    @Test
    void whatIsNoTimeIsRefused() {
        assertThatThrownBy(() -> TargetOptions.instant("yesterday", ZoneOffset.UTC))
                .hasMessage("invalid time \"yesterday\": expected a day and a time of day, such as"
                        + " '2026-11-20 22:15:00+00'");
    }

    @Test
    void aDayAloneIsRefusedWithAFullTimeOfThatDay() {
        assertThatThrownBy(() -> TargetOptions.instant("2026-07-01", ZoneId.of("Europe/Berlin")))
                .hasMessage("invalid time \"2026-07-01\": expected a day and a time of day, such as"
                        + " '2026-07-01 22:15:00+02'");
    }

    @ParameterizedTest
    @CsvSource({
        "'plain, ü, 漢', 'plain, ü, 漢'",
        "'red \u001b[31m', 'red \\x1B[31m'",
        "'\u009b31m', '\\x9B31m'",
        "'over\rwritten\u0007', 'over\\x0Dwritten\\x07'",
        "'turned \u202eround', 'turned \\u202Eround'",
        "'AGE-SECRET-KEY-1DX07U', 'AGE-SECRET-KEY-***'",
        "'see s3://AKIA1:geh/eim@bucket/x', 'see s3://***@bucket/x'",
        "'file:///backup@home/pg', 'file:///backup@home/pg'",
    })
    void whatIsShownActsOnNoTerminalAndTellsNoSecret(String text, String shown) {
        assertThat(Texts.visible(text)).isEqualTo(shown);
    }

    @Test
    void aCellOfATableStaysInItsLine() {
        assertThat(Texts.table(List.of("LABEL"), List.of(List.of("a\nERROR:  b"))))
                .isEqualTo("LABEL\na\\nERROR:  b\n");
    }

    @Test
    void anHourThatHappensTwiceOrNeverIsRefused() {
        ZoneId berlin = ZoneId.of("Europe/Berlin");

        assertThatThrownBy(() -> TargetOptions.instant("2026-10-25 02:30:00", berlin))
                .hasMessageContaining("happened twice")
                .hasMessageContaining("\"2026-10-25 02:30:00+02:00\" or \"2026-10-25 02:30:00+01:00\"");
        assertThatThrownBy(() -> TargetOptions.instant("2026-03-29 02:30:00", berlin))
                .hasMessageContaining("does not exist");
        assertThat(TargetOptions.instant("2026-10-25 02:30:00+01", berlin)).isEqualTo("2026-10-25T01:30:00Z");
    }

    @ParameterizedTest
    @CsvSource({"0, 2026-11-20 22:15:00+00", "1, 2026-11-20 23:15:00+01", "-7, 2026-11-20 15:15:00-07"})
    void timesAreWhatPostgresPrints(int offset, String text) {
        assertThat(Texts.time(Instant.parse("2026-11-20T22:15:00.9Z"), ZoneOffset.ofHours(offset)))
                .isEqualTo(text);
        assertThat(TargetOptions.instant(text, ZoneOffset.UTC)).isEqualTo("2026-11-20T22:15:00Z");
    }

    @Test
    void progressIsALineEveryTenSecondsWhereNobodyLooks() {
        var out = new ByteArrayOutputStream();
        var now = new AtomicReference<>(Instant.EPOCH);
        var display = ProgressDisplay.on(new PrintStream(out, true, UTF_8), false, now::get);
        for (int done = 0; done <= 100; done++) {
            now.set(Instant.EPOCH.plusMillis(done * 250L));
            display.show(new Progress(done, done << 20, 100 << 20));
        }
        display.finish();

        assertThat(out.toString(UTF_8).lines())
                .containsExactly(
                        "LOG:  40%, 40 MB of 100 MB, 4096 kB/s, 15s left",
                        "LOG:  80%, 80 MB of 100 MB, 4096 kB/s, 5s left");
    }

    @Test
    void nothingIsSaidOfTheRestBeforeThereIsSomethingToGoBy() {
        var out = new ByteArrayOutputStream();
        var now = new AtomicReference<>(Instant.EPOCH);
        var display = ProgressDisplay.on(new PrintStream(out, true, UTF_8), false, now::get);
        now.set(Instant.EPOCH.plusSeconds(10));
        display.show(new Progress(1, 3, 100 << 20));
        now.set(Instant.EPOCH.plusSeconds(20));
        display.show(new Progress(2, 50 << 20, 100 << 20));

        assertThat(out.toString(UTF_8).lines())
                .containsExactly(
                        "LOG:  0%, 3 bytes of 100 MB, 0 bytes/s", "LOG:  50%, 50 MB of 100 MB, 2560 kB/s, 20s left");
    }

    @Test
    void progressIsABarDrawnOverOnATerminal() {
        var out = new ByteArrayOutputStream();
        var now = new AtomicReference<>(Instant.EPOCH);
        var display = ProgressDisplay.on(new PrintStream(out, true, UTF_8), true, now::get);
        now.set(Instant.EPOCH.plusSeconds(1));
        display.show(new Progress(1, 50, 100));
        display.show(new Progress(1, 51, 100));

        assertThat(out.toString(UTF_8))
                .startsWith("\r[############------------] 50%, 50 bytes of 100 bytes")
                .doesNotContain("51%")
                .doesNotContain("\n");
    }
}
