package dev.walvault.it;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Supplier;

/** Something a test waits for: polled, with a deadline, so that no test sleeps for luck. */
@FunctionalInterface
public interface Condition {
    Duration POLL = Duration.ofMillis(20);

    boolean holds() throws IOException, SQLException, InterruptedException;

    /** Returns as soon as the condition holds. */
    static void await(String what, Duration deadline, Condition condition)
            throws IOException, SQLException, InterruptedException {
        await(what, deadline, () -> "", condition);
    }

    /**
     * Returns as soon as the condition holds.
     *
     * @throws IllegalStateException at the deadline, with what {@code evidence} says then
     */
    static void await(String what, Duration deadline, Supplier<String> evidence, Condition condition)
            throws IOException, SQLException, InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException(
                        "waited " + deadline.toSeconds() + " s in vain: " + what + "\n" + evidence.get());
            }
            Thread.sleep(POLL);
        }
    }
}
