package dev.walvault.prefetch;

import dev.walvault.ArchiverException;
import dev.walvault.archive.LocalState;
import dev.walvault.archive.WalGet;
import dev.walvault.host.LocalFiles;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.Pause;
import dev.walvault.pg.DataDirectory;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegmentSize;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Fills the spool of a server while it recovers, and empties it when it does not any more. There is one for a spool: a
 * second one ends at once. Nobody waits for it, and nobody is told what it meets.
 */
public final class Prefetcher {
    /** Between two looks at how far the server is: while it moves on, and while it does not. */
    private static final Duration LOOK = Duration.ofMillis(10);

    private static final Duration SLOW_LOOK = Duration.ofMillis(50);
    private static final Duration MOVING = Duration.ofSeconds(1);

    private static final Duration BETWEEN_LOOKS_AT_SERVER = Duration.ofSeconds(1);

    /** How long a server may take for one segment. */
    private static final Duration LONGEST_REPLAY = Duration.ofSeconds(60);

    /** A server that has met the end of the vault's WAL is nearly done, or asks for the same again and again. */
    private static final Duration AT_END = Duration.ofSeconds(10);

    private static final int ATTEMPTS_TO_LOCK = 5;
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(20);

    private final PrefetchSpool spool;
    private final DataDirectory data;
    private final WalSegmentSize size;
    private final int length;
    private final int jobs;
    private final SegmentFetch fetch;
    private final InstantSource clock;
    private final Pause pause;
    private final Cancellation cancellation;

    /**
     * @param mostBytes how much may be in the spool; without room for a segment, none is fetched
     * @param jobs how many segments are fetched at a time
     * @param sources open already: they are used by several threads
     */
    public Prefetcher(
            PrefetchSpool spool,
            DataDirectory data,
            WalSegmentSize size,
            long mostBytes,
            int jobs,
            List<WalGet.Source> sources,
            LocalState state,
            InstantSource clock,
            Pause pause,
            Cancellation cancellation) {
        this.spool = spool;
        this.data = data;
        this.size = size;
        this.length = (int) Math.min(mostBytes / size.bytes(), Integer.MAX_VALUE);
        this.jobs = jobs;
        this.fetch = new SegmentFetch(spool, sources, state, clock);
        this.clock = clock;
        this.pause = pause;
        this.cancellation = cancellation;
    }

    /** Fetches ahead until the server has no more use for it. */
    public void run() throws ArchiverException {
        try {
            Optional<PrefetchLock> lock = lock();
            if (lock.isPresent()) {
                try (PrefetchLock _ = lock.get()) {
                    follow();
                }
            }
        } catch (ArchiverException e) {
            throw e;
        } catch (IOException e) {
            throw LocalFiles.cannot("keep WAL in", spool.directory(), e);
        }
    }

    /** Who only asks whether it is held holds it for a moment. */
    private Optional<PrefetchLock> lock() throws ArchiverException, IOException {
        Optional<PrefetchLock> lock = spool.lock();
        for (int attempt = 1; lock.isEmpty() && attempt < ATTEMPTS_TO_LOCK; attempt++) {
            pause.sleep(BETWEEN_ATTEMPTS);
            lock = spool.lock();
        }
        return lock;
    }

    private void follow() throws ArchiverException, IOException {
        // what one that was killed has left
        spool.empty();
        boolean done = false;
        try {
            Optional<RecoveringServer> server = RecoveringServer.of(data);
            Optional<WalFile.Segment> served = spool.position().flatMap(RecoveryPosition::served);
            if (server.isPresent()
                    && served.isPresent()
                    && length > 0
                    && served.get().fits(size)) {
                try (var window =
                        new PrefetchWindow(spool, data, size, length, Math.min(jobs, length), fetch, served.get())) {
                    follow(server.get(), window);
                }
            }
            done = true;
        } finally {
            if (done) {
                spool.remove();
            } else {
                // the position says that none shall be started again at once
                spool.empty();
            }
        }
    }

    private void follow(RecoveringServer server, PrefetchWindow window) throws ArchiverException, IOException {
        Optional<RecoveryPosition> known = Optional.empty();
        Instant moved = clock.instant();
        Instant looked = moved;
        while (true) {
            cancellation.check();
            Instant now = clock.instant();
            Optional<RecoveryPosition> position =
                    spool.position().filter(each -> each.server().equals(server));
            Optional<WalFile.Segment> served = position.flatMap(RecoveryPosition::served);
            if (served.isEmpty()) {
                return;
            }
            if (!position.equals(known)) {
                if (!window.moveTo(served.get(), position.get().target())) {
                    return;
                }
                known = position;
                moved = now;
            }
            Duration still = Duration.between(moved, now);
            if (still.compareTo(position.get().atEnd() ? AT_END : LONGEST_REPLAY) > 0) {
                return;
            }
            if (Duration.between(looked, now).compareTo(BETWEEN_LOOKS_AT_SERVER) >= 0) {
                if (!RecoveringServer.of(data).equals(Optional.of(server))) {
                    return;
                }
                looked = now;
            }
            window.fill();
            pause.sleep(still.compareTo(MOVING) < 0 ? LOOK : SLOW_LOOK);
        }
    }
}
