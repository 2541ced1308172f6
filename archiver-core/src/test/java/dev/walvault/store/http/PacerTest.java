package dev.walvault.store.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.observe.FakeTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PacerTest {
    private final FakeTime time = new FakeTime(Instant.EPOCH);
    private final Pacer pacer = new Pacer(8, new Timing(time, time, new Random(1)));

    @Test
    void aComplaintHalvesWhatIsAllowedAndSuccessBringsItBackSlowly() throws Exception {
        begin(8);
        pacer.slowDown(Duration.ofSeconds(2));
        assertThat(pacer.allowed()).isEqualTo(4);

        for (int i = 0; i < 7; i++) {
            pacer.succeeded();
        }
        assertThat(pacer.allowed()).isEqualTo(5);

        for (int i = 0; i < 100; i++) {
            begin(1);
            pacer.succeeded();
        }
        assertThat(pacer.allowed()).isEqualTo(8);
    }

    @Test
    void complaintsOfRequestsThatWereUnderWayTogetherCountOnce() throws Exception {
        begin(8);
        for (int i = 0; i < 8; i++) {
            pacer.slowDown(Duration.ofSeconds(1));
        }

        assertThat(pacer.allowed()).isEqualTo(4);
    }

    @Test
    void atLeastOneRequestIsAlwaysAllowed() throws Exception {
        for (int i = 0; i < 20; i++) {
            begin(1);
            pacer.slowDown(Duration.ofSeconds(5));
            time.sleep(Duration.ofSeconds(5));
        }

        assertThat(pacer.allowed()).isEqualTo(1);
    }

    @Test
    void nothingBeginsBeforeThePauseIsOver() throws Exception {
        begin(1);
        pacer.slowDown(Duration.ofSeconds(3));

        begin(1);

        assertThat(time.pauses()).containsExactly(Duration.ofSeconds(3));
    }

    @Test
    void whoComesTooManyWaitsUntilAnotherIsDone() throws Exception {
        begin(8);
        var begun = new CountDownLatch(1);
        var waiting = Thread.ofVirtual().start(() -> {
            try {
                pacer.begin();
                begun.countDown();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        assertThat(begun.await(50, TimeUnit.MILLISECONDS)).isFalse();

        pacer.failed();

        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        waiting.join();
    }

    private void begin(int times) throws Exception {
        for (int i = 0; i < times; i++) {
            pacer.begin();
        }
    }
}
