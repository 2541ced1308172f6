package dev.walvault.store.s3;

import dev.walvault.LockException;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/** Bytes per second in one direction, shared by all connections of a store: whoever moves bytes waits for their time. */
final class Bandwidth {
    /** Shorter waits are gathered: a thread cannot sleep for microseconds. */
    private static final Duration GRAIN = Duration.ofMillis(10);

    private static final double NANOS = 1e9;

    private final OptionalLong bytesPerSecond;
    private final Timing timing;
    /** When everything that was taken so far has had its time. */
    private Instant free = Instant.MIN;

    Bandwidth(OptionalLong bytesPerSecond, Timing timing) {
        this.bytesPerSecond = bytesPerSecond;
        this.timing = timing;
    }

    /** Waits until {@code bytes} more may have been moved. */
    void take(int bytes) throws LockException {
        if (bytesPerSecond.isEmpty() || bytes <= 0) {
            return;
        }
        Duration wait = reserve(bytes, bytesPerSecond.getAsLong());
        if (wait.compareTo(GRAIN) >= 0) {
            timing.pause().sleep(wait);
        }
    }

    private synchronized Duration reserve(int bytes, long rate) {
        Instant now = timing.now();
        Instant from = free.isAfter(now) ? free : now;
        free = from.plusNanos((long) (bytes * NANOS / rate));
        return Duration.between(now, free);
    }
}
