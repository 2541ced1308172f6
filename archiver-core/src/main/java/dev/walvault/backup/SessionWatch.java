package dev.walvault.backup;

import dev.walvault.ArchiverException;
import dev.walvault.PostgresException;
import dev.walvault.pg.link.ServerSession;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks the server something cheap now and then, while a backup copies and has nothing else to ask: so that nothing
 * between ends the session as idle, and a session that is lost ends the backup now and not after the last byte.
 */
final class SessionWatch implements AutoCloseable {
    private final ServerSession session;
    private final Duration interval;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable ArchiverException lost;

    private SessionWatch(ServerSession session, Duration interval) {
        this.session = session;
        this.interval = interval;
        this.thread = Thread.ofPlatform().name("session watch").daemon().unstarted(this::watch);
    }

    /** Begins to watch. */
    static SessionWatch of(ServerSession session, Duration interval) {
        var watch = new SessionWatch(session, interval);
        watch.thread.start();
        return watch;
    }

    private void watch() {
        try {
            while (!closed.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
                session.requireAlive();
            }
        } catch (ArchiverException e) {
            lost = e;
        } catch (InterruptedException _) {
            // nobody interrupts it
        }
    }

    /**
     * Returns if the session was there when it was last looked at.
     *
     * @throws PostgresException how it was lost
     */
    void check() throws ArchiverException {
        ArchiverException failure = lost;
        if (failure != null) {
            throw failure;
        }
    }

    /** Returns when nobody but the caller uses the session any more. */
    @Override
    public void close() {
        // no interrupt: in the middle of a question it could cost the session
        closed.countDown();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
