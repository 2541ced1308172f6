package dev.walvault.store.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.observe.FakeTime;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BandwidthTest {
    private final FakeTime time = new FakeTime(Instant.EPOCH);
    private final Timing timing = new Timing(time, time, new Random(1));

    @Test
    void soManyBytesTakeSoMuchTime() throws Exception {
        var bandwidth = new Bandwidth(OptionalLong.of(1_000_000), timing);

        for (int i = 0; i < 1_000; i++) {
            bandwidth.take(4_096);
        }

        assertThat(Duration.between(Instant.EPOCH, time.instant()))
                .isBetween(Duration.ofMillis(4_080), Duration.ofMillis(4_096));
        assertThat(time.pauses()).allMatch(pause -> pause.compareTo(Duration.ofMillis(10)) >= 0);
    }

    @Test
    void timeInWhichNothingWasMovedIsNotSavedUp() throws Exception {
        var bandwidth = new Bandwidth(OptionalLong.of(1_000), timing);
        bandwidth.take(1_000);
        time.set(Instant.EPOCH.plus(Duration.ofHours(1)));

        bandwidth.take(1_000);

        assertThat(time.instant())
                .isEqualTo(Instant.EPOCH.plus(Duration.ofHours(1)).plusSeconds(1));
    }

    @Test
    void withoutALimitNobodyWaits() throws Exception {
        var bandwidth = new Bandwidth(OptionalLong.empty(), timing);

        bandwidth.take(Integer.MAX_VALUE);

        assertThat(time.pauses()).isEmpty();
    }
}
