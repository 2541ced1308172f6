package dev.walvault.store.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.observe.FakeTime;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ExchangeTest {
    private final IOException socketClosed = new IOException("socket closed");

    private final FakeTime time = new FakeTime(Instant.EPOCH);
    private final AtomicInteger aborted = new AtomicInteger();
    private final Exchange exchange =
            new Exchange(new StallLimit(100, Duration.ofSeconds(10)), time, aborted::incrementAndGet);

    @Test
    void aWaitWithoutBytesIsGivenUpAfterTheWindow() {
        exchange.waiting();
        time.sleep(Duration.ofSeconds(9));
        exchange.check();
        assertThat(aborted).hasValue(0);

        time.sleep(Duration.ofSeconds(1));
        exchange.check();

        assertThat(aborted).hasValue(1);
        assertThat(exchange.reason(socketClosed))
                .isInstanceOf(StalledException.class)
                .hasMessage("the connection stalled: fewer than 1000 bytes in 10.0 seconds");
    }

    @Test
    void aTrickleIsAStallAndASlowStreamIsNone() {
        for (int second = 0; second < 60; second++) {
            step(Duration.ofSeconds(1), 120);
        }
        assertThat(aborted).hasValue(0);

        for (int second = 0; second < 30; second++) {
            step(Duration.ofSeconds(1), 80);
        }
        assertThat(aborted.get()).isPositive();
    }

    @Test
    void timeInWhichNobodyWaitsForTheNetworkDoesNotCount() {
        for (int i = 0; i < 100; i++) {
            step(Duration.ofMillis(50), 0);
            time.sleep(Duration.ofMinutes(10));
            exchange.check();
        }

        assertThat(aborted).hasValue(0);
    }

    @Test
    void aThreadThatIsInterruptedIsNotKeptWaiting() {
        exchange.waiting();
        Thread.currentThread().interrupt();

        exchange.check();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(aborted).hasValue(1);
        assertThat(exchange.reason(socketClosed)).isInstanceOf(InterruptedIOException.class);
    }

    @Test
    void otherErrorsStayWhatTheyAre() {
        assertThat(exchange.reason(socketClosed)).isSameAs(socketClosed);
    }

    private void step(Duration duration, int bytes) {
        exchange.waiting();
        time.sleep(duration);
        exchange.check();
        exchange.moved(bytes);
    }
}
