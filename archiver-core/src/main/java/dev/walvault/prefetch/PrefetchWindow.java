package dev.walvault.prefetch;

import dev.walvault.ArchiverException;
import dev.walvault.pg.DataDirectory;
import dev.walvault.pg.TimelineHistory;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegmentSize;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The segments that follow the one served last, as many as may be in the spool at a time. It moves on with the server;
 * what falls behind it leaves the spool. Beyond a segment that could not be fetched it does not go until the server has
 * passed that.
 */
final class PrefetchWindow implements AutoCloseable {
    private static final long SECONDS_TO_STOP = 2;

    private final PrefetchSpool spool;
    private final DataDirectory data;
    private final WalSegmentSize size;
    private final int length;
    private final int jobs;
    private final SegmentFetch fetch;
    private final ExecutorService threads;

    /** By number; of those behind the window only the ones that are not finished. */
    private final Map<Long, Future<Optional<WalFile.Segment>>> fetches = new TreeMap<>();

    private WalFile.Segment served;
    private long reached;
    private RecoveryPath path;

    /** Begins behind the position's segment. */
    PrefetchWindow(
            PrefetchSpool spool,
            DataDirectory data,
            WalSegmentSize size,
            int length,
            int jobs,
            SegmentFetch fetch,
            WalFile.Segment served) {
        this.spool = spool;
        this.data = data;
        this.size = size;
        this.length = length;
        this.jobs = jobs;
        this.fetch = fetch;
        this.served = served;
        this.reached = served.toWalSegment(size).number();
        this.path = new RecoveryPath(Optional.empty(), size);
        this.threads = Executors.newFixedThreadPool(
                jobs, Thread.ofPlatform().name("prefetch-", 1).daemon().factory());
    }

    /**
     * Moves on to what is behind {@code now}; returns false, and does not, if that is before the window or beyond it.
     *
     * @param target the timeline that the server recovers along, if it has asked for its history
     */
    boolean moveTo(WalFile.Segment now, Optional<TimelineId> target) throws IOException {
        if (!now.fits(size)) {
            return false;
        }
        long number = now.toWalSegment(size).number();
        if (number < reached || number > reached + length) {
            return false;
        }
        reached = number;
        served = now;
        path = new RecoveryPath(target.flatMap(this::history), size);
        tidy();
        return true;
    }

    /** As the server has put it there when it asked for it; it goes by the same file. */
    private Optional<TimelineHistory> history(TimelineId timeline) {
        var file = new WalFile.TimelineHistoryFile(timeline);
        try {
            byte[] content = Files.readAllBytes(data.path().resolve("pg_wal").resolve(file.name()));
            return Optional.of(TimelineHistory.parse(timeline, content));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /** Whether it is over, and behind the window or not what will be asked for: the line of descent was not known. */
    private boolean isOfNoUse(long number, Future<Optional<WalFile.Segment>> fetch) {
        return fetch.isDone()
                && (number <= reached
                        || (fetch.state() == Future.State.SUCCESS
                                && fetch.resultNow()
                                        .filter(segment -> !names(number).contains(segment))
                                        .isPresent()));
    }

    private List<WalFile.Segment> names(long number) {
        return path.names(number, served.timeline());
    }

    private void tidy() throws IOException {
        Set<WalFile.Segment> wanted = new HashSet<>();
        for (long number = reached + 1; number <= reached + length; number++) {
            wanted.addAll(names(number));
        }
        spool.keepOnly(wanted);
    }

    /** Begins the fetches that there is room and a thread for. */
    void fill() throws ArchiverException, IOException {
        if (fetches.entrySet().removeIf(each -> isOfNoUse(each.getKey(), each.getValue()))) {
            tidy();
        }
        for (long number = reached + 1; number <= reached + length; number++) {
            var known = fetches.get(number);
            if (known == null) {
                if (!isRoomForOneMore()) {
                    return;
                }
                List<WalFile.Segment> names = names(number);
                fetches.put(number, threads.submit(() -> fetch.firstOf(names)));
            } else if (known.isDone() && result(known).isEmpty()) {
                forgetFailuresBeyond(number);
                return;
            }
        }
    }

    /** They were begun at the same time, and are worth another attempt when it comes to them. */
    private void forgetFailuresBeyond(long number) {
        fetches.entrySet()
                .removeIf(each -> each.getKey() > number
                        && each.getValue().state() == Future.State.SUCCESS
                        && each.getValue().resultNow().isEmpty());
    }

    /** As much again is left free: what fills the disk of a server that recovers stops it. */
    private boolean isRoomForOneMore() {
        long busy = fetches.values().stream().filter(each -> !each.isDone()).count();
        long most = (long) length * size.bytes();
        return busy < jobs && fetches.size() < length && spool.usableBytes() - size.bytes() >= most;
    }

    private static Optional<WalFile.Segment> result(Future<Optional<WalFile.Segment>> done) throws ArchiverException {
        try {
            return done.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ArchiverException known) {
                throw known;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Gives up what is not finished. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            boolean _ = threads.awaitTermination(SECONDS_TO_STOP, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
