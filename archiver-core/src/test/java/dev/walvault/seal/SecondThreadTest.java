package dev.walvault.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SecondThreadTest {
    private final SecondThread second = new SecondThread();

    @AfterEach
    void close() {
        second.close();
    }

    @Test
    void bothRunAtTheSameTime() throws Exception {
        var here = new CountDownLatch(1);
        var there = new CountDownLatch(1);

        second.together(() -> meet(here, there), () -> meet(there, here));

        assertThat(here.getCount()).isZero();
    }

    private static void meet(CountDownLatch mine, CountDownLatch others) throws IOException {
        mine.countDown();
        try {
            others.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void whatEitherThrowsIsThrown() {
        assertThatThrownBy(() -> second.together(() -> {}, () -> {
                    throw new IOException("there");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("there");
        assertThatThrownBy(() -> second.together(() -> {}, () -> {
                    throw new IllegalStateException("there");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("there");
        assertThatThrownBy(() -> second.together(
                        () -> {
                            throw new IOException("here");
                        },
                        () -> {
                            throw new IOException("there");
                        }))
                .hasMessage("here");
    }

    @Test
    void itEndsWhenTheOtherHasEndedTooEvenWhenItFailsOrIsInterrupted() throws Exception {
        var ended = new AtomicBoolean();
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> second.together(
                        () -> {
                            throw new IOException("here");
                        },
                        () -> {
                            for (long until = System.nanoTime() + 50_000_000; System.nanoTime() < until; ) {
                                Thread.onSpinWait();
                            }
                            ended.set(true);
                        }))
                .hasMessage("here");

        assertThat(ended).isTrue();
        assertThat(Thread.interrupted()).isTrue();
    }
}
