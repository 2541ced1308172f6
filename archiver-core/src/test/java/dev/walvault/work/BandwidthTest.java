package dev.walvault.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.observe.FakeTime;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class BandwidthTest {
    private static final byte[] CONTENT = new byte[500_000];

    private final FakeTime time = new FakeTime(Instant.EPOCH);

    @Test
    void soManyBytesTakeSoMuchTime() throws Exception {
        var bandwidth = new Bandwidth(OptionalLong.of(1_000_000), time, time);

        for (int i = 0; i < 1_000; i++) {
            bandwidth.take(4_096);
        }

        assertThat(Duration.between(Instant.EPOCH, time.instant()))
                .isBetween(Duration.ofMillis(4_080), Duration.ofMillis(4_096));
        assertThat(time.pauses()).allMatch(pause -> pause.compareTo(Duration.ofMillis(10)) >= 0);
    }

    @Test
    void timeInWhichNothingWasMovedIsNotSavedUp() throws Exception {
        var bandwidth = new Bandwidth(OptionalLong.of(1_000), time, time);
        bandwidth.take(1_000);
        time.set(Instant.EPOCH.plus(Duration.ofHours(1)));

        bandwidth.take(1_000);

        assertThat(time.instant())
                .isEqualTo(Instant.EPOCH.plus(Duration.ofHours(1)).plusSeconds(1));
    }

    @Test
    void withoutALimitNobodyWaits() throws Exception {
        var bandwidth = new Bandwidth(OptionalLong.empty(), time, time);

        bandwidth.take(Integer.MAX_VALUE);

        assertThat(time.pauses()).isEmpty();
    }

    @Test
    void aStreamIsReadNoFaster() throws Exception {
        var bandwidth = new Bandwidth(OptionalLong.of(1_000_000), time, time);

        byte[] read = bandwidth.limit(new ByteArrayInputStream(CONTENT)).readAllBytes();

        assertThat(read).isEqualTo(CONTENT);
        assertThat(time.instant()).isBetween(Instant.EPOCH.plusMillis(490), Instant.EPOCH.plusMillis(500));
    }

    @Test
    void aStreamIsWrittenNoFaster() throws Exception {
        var bandwidth = new Bandwidth(OptionalLong.of(1_000_000), time, time);
        var written = new ByteArrayOutputStream();

        bandwidth.limit(written).write(CONTENT);

        assertThat(written.toByteArray()).isEqualTo(CONTENT);
        assertThat(time.instant()).isBetween(Instant.EPOCH.plusMillis(490), Instant.EPOCH.plusMillis(500));
        assertThat(time.pauses()).hasSizeGreaterThan(5);
    }

    @Test
    void streamsOfOneLimitShareIt() throws Exception {
        var bandwidth = new Bandwidth(OptionalLong.of(1_000_000), time, time);

        bandwidth.limit(new ByteArrayOutputStream()).write(CONTENT);
        bandwidth.limit(new ByteArrayOutputStream()).write(CONTENT);

        assertThat(time.instant()).isBetween(Instant.EPOCH.plusMillis(990), Instant.EPOCH.plusSeconds(1));
    }
}
