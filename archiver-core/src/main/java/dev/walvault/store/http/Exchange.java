package dev.walvault.store.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, as far as progress goes. Only the time counts in which somebody waits for the network:
 * not the time in which the bytes are made, used, or held back by a bandwidth limit.
 */
public final class Exchange {
    private final StallLimit limit;
    private final InstantSource clock;
    private final Runnable abort;

    private long bytes;
    private Duration waited = Duration.ZERO;
    private @Nullable Instant waitingSince;
    private @Nullable Thread waiter;
    private boolean stalled;
    private boolean interrupted;

    /** {@code abort} closes the connection, from whatever thread. */
    public Exchange(StallLimit limit, InstantSource clock, Runnable abort) {
        this.limit = limit;
        this.clock = clock;
        this.abort = abort;
    }

    /** The calling thread begins to wait for the network. */
    public synchronized void waiting() {
        waitingSince = clock.instant();
        waiter = Thread.currentThread();
    }

    /** The network answered, or took what it was given: {@code moved} bytes. */
    public synchronized void moved(long moved) {
        bytes += Math.max(0, moved);
        if (waitingSince != null) {
            waited = waited.plus(Duration.between(waitingSince, clock.instant()));
            waitingSince = null;
            waiter = null;
        }
    }

    /** Closes the connection if it has stalled or its thread was interrupted; called every now and then. */
    public void check() {
        if (isToBeAborted()) {
            abort.run();
        }
    }

    private synchronized boolean isToBeAborted() {
        if (waitingSince == null || waiter == null) {
            return false;
        }
        if (waiter.isInterrupted()) {
            interrupted = true;
            return true;
        }
        Instant now = clock.instant();
        if (waited.plus(Duration.between(waitingSince, now)).compareTo(limit.window()) < 0) {
            return false;
        }
        stalled = bytes < limit.bytesPerWindow();
        bytes = 0;
        waited = Duration.ZERO;
        waitingSince = now;
        return stalled;
    }

    /** What {@code thrown} by the connection really means. */
    public synchronized IOException reason(IOException thrown) {
        if (interrupted) {
            var reason = new InterruptedIOException("interrupted");
            reason.initCause(thrown);
            return reason;
        }
        return stalled ? new StalledException("the connection stalled: " + limit, thrown) : thrown;
    }
}
