package dev.walvault.store.http;

import dev.walvault.LockException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many requests of this process are under way at once. When the service asks to slow down, half as many are allowed
 * and none begins for a while; each success allows a little more again.
 */
public final class Pacer {
    /** Of requests that were under way together, several may be told to slow down; they mean one thing. */
    private static final Duration SAME_COMPLAINT = Duration.ofSeconds(1);

    private final int most;
    private final Timing timing;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private double allowed;
    private int underWay;
    private Instant notBefore = Instant.MIN;
    private Instant lastComplaint = Instant.MIN;

    /** At most {@code most} requests at once. */
    public Pacer(int most, Timing timing) {
        this.most = most;
        this.timing = timing;
        this.allowed = most;
    }

    /**
     * Waits until a request may begin; each is followed by one of {@link #succeeded}, {@link #failed},
     * {@link #slowDown}.
     */
    public void begin() throws LockException, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (underWay >= (int) allowed) {
                changed.await();
            }
            underWay++;
        } finally {
            lock.unlock();
        }
        try {
            waitForThePause();
        } catch (LockException e) {
            failed();
            throw e;
        }
    }

    private void waitForThePause() throws LockException {
        Duration wait;
        lock.lock();
        try {
            wait = notBefore.equals(Instant.MIN) ? Duration.ZERO : Duration.between(timing.now(), notBefore);
        } finally {
            lock.unlock();
        }
        if (wait.isPositive()) {
            timing.pause().sleep(wait);
        }
    }

    /** A request ended well. */
    public void succeeded() {
        end(() -> allowed = Math.min(most, allowed + 1 / allowed));
    }

    /** For reasons that have nothing to do with how much is asked. */
    public void failed() {
        end(() -> {});
    }

    /** The service wants less; nothing begins before {@code pause} is over. */
    public void slowDown(Duration pause) {
        end(() -> {
            Instant now = timing.now();
            if (now.isAfter(lastComplaint.plus(SAME_COMPLAINT))) {
                allowed = Math.max(1, Math.min(allowed, underWay + 1) / 2);
                lastComplaint = now;
            }
            Instant until = now.plus(pause);
            notBefore = until.isAfter(notBefore) ? until : notBefore;
        });
    }

    private void end(Runnable change) {
        lock.lock();
        try {
            underWay--;
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How many requests may be under way at once now. */
    public int allowed() {
        lock.lock();
        try {
            return (int) allowed;
        } finally {
            lock.unlock();
        }
    }
}
