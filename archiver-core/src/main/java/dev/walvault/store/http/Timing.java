package dev.walvault.store.http;

import dev.walvault.observe.Pause;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/** Time and luck, so that tests can have their own. */
public record Timing(InstantSource clock, Pause pause, RandomGenerator random) {

    /** The system's; the clock goes on from the time of this call and does not jump when the system's clock is set. */
    public static Timing system() {
        Instant begin = InstantSource.system().instant();
        long nanos = System.nanoTime();
        return new Timing(() -> begin.plusNanos(System.nanoTime() - nanos), Pause.SLEEP, new SecureRandom());
    }

    /** The present by this clock. */
    public Instant now() {
        return clock.instant();
    }
}
