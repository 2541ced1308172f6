package dev.walvault.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SessionWatchTest {
    private static final Duration OFTEN = Duration.ofMillis(1);

    @Test
    void theServerIsAskedAgainAndAgainUntilItIsClosed() throws Exception {
        var asked = new AtomicInteger();
        var thrice = new CountDownLatch(3);
        var server = new FakeServer(Path.of("/nowhere")) {
            @Override
            public void requireAlive() {
                asked.incrementAndGet();
                thrice.countDown();
            }
        };
        try (var watch = SessionWatch.of(server, OFTEN)) {
            thrice.await();
            watch.check();
        }
        int last = asked.get();
        Thread.sleep(20);

        assertThat(asked).hasValue(last);
    }

    @Test
    void aLostSessionIsToldAndNotAskedAgain() throws Exception {
        var asked = new CountDownLatch(1);
        var server = new FakeServer(Path.of("/nowhere")) {
            @Override
            public void requireAlive() throws ArchiverException {
                asked.countDown();
                super.requireAlive();
            }
        };
        server.lost = true;
        try (var watch = SessionWatch.of(server, OFTEN)) {
            asked.await();
            Faults.of(() -> {
                        while (true) {
                            watch.check();
                        }
                    })
                    .is(ErrorCode.POSTGRES_UNREACHABLE);
        }
    }
}
