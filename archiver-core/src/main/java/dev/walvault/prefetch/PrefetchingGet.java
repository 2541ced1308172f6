package dev.walvault.prefetch;

import dev.walvault.ArchiverException;
import dev.walvault.archive.GetOutcome;
import dev.walvault.archive.Handover;
import dev.walvault.observe.Pause;
import dev.walvault.pg.WalFile;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Serves a recovering server out of the spool where it can, and has the spool filled while segments are asked for one
 * after the other. A spool that cannot be used costs time and nothing else: every doubt about it ends in a fetch. What
 * is not in the vault is never known here.
 */
public final class PrefetchingGet {
    /** A prefetcher that ends at once shall not be started for each segment. */
    private static final Duration BETWEEN_STARTS = Duration.ofSeconds(30);

    /** For how long a segment that is being fetched may stand still before fetching it here is quicker. */
    private static final Duration STANDSTILL = Duration.ofMillis(300);

    private static final Duration LOOK = Duration.ofMillis(2);

    private final PrefetchSpool spool;
    private final RecoveringServer server;
    private final long mostBytes;
    private final Starter starter;
    private final InstantSource clock;
    private final Pause pause;

    /** Gets the file from the vault and puts it where it was asked for. */
    @FunctionalInterface
    public interface Fetch {
        GetOutcome fetch() throws ArchiverException;
    }

    /** Starts a {@link Prefetcher} in a process of its own and does not wait for it. */
    @FunctionalInterface
    public interface Starter {
        void start() throws IOException;
    }

    /** @param mostBytes how many bytes may be fetched ahead: without room for a segment, none is */
    public PrefetchingGet(
            PrefetchSpool spool,
            RecoveringServer server,
            long mostBytes,
            Starter starter,
            InstantSource clock,
            Pause pause) {
        this.spool = spool;
        this.server = server;
        this.mostBytes = mostBytes;
        this.starter = starter;
        this.clock = clock;
        this.pause = pause;
    }

    /**
     * Puts the file where it is asked for, where it appears whole or not at all.
     *
     * @param handover of {@code %p} of {@code restore_command}
     * @param fetch does the same without the spool
     */
    public GetOutcome get(WalFile file, Handover handover, Fetch fetch) throws ArchiverException {
        // what it was given it keeps beside %p, under its name
        boolean again = Files.exists(handover.destination().resolveSibling(file.name()));
        return switch (file) {
            case WalFile.Segment segment -> segment(segment, handover, again, fetch);
            case WalFile.TimelineHistoryFile history -> {
                GetOutcome outcome = fetch.fetch();
                RecoveryPosition before = position();
                if (outcome instanceof GetOutcome.Served && !(again && before.isUnknown())) {
                    remember(before, before.along(history.timeline()));
                }
                yield outcome;
            }
            case WalFile.Partial _, WalFile.BackupHistoryFile _ -> fetch.fetch();
        };
    }

    private GetOutcome segment(WalFile.Segment segment, Handover handover, boolean again, Fetch fetch)
            throws ArchiverException {
        boolean filled = isFilled();
        Optional<SpooledSegment> taken = filled ? take(segment, handover) : Optional.empty();
        GetOutcome outcome =
                taken.isPresent() ? new GetOutcome.Prefetched(taken.get().length()) : fetch.fetch();
        RecoveryPosition before = position();
        // a prefetcher that has ended meanwhile has taken the position with it
        if (filled && !before.isUnknown()) {
            remember(before, outcome instanceof GetOutcome.Absent ? before.ended() : before.served(segment));
        } else if (isLast(before, segment, again, outcome)) {
            forget();
        } else if (outcome instanceof GetOutcome.Absent) {
            remember(before, before.ended());
        } else if (isWorthwhile(before, segment, outcome)) {
            remember(before, before.served(segment).started(clock.instant()));
            start();
        } else {
            remember(before, before.served(segment));
        }
        return outcome;
    }

    /** Whether the server has come to the end as far as can be seen, so that nothing is left behind. */
    private static boolean isLast(RecoveryPosition before, WalFile.Segment segment, boolean again, GetOutcome outcome) {
        if (outcome instanceof GetOutcome.Absent) {
            // a standby asks in vain again and again
            return before.isUnknown() || before.atEnd();
        }
        // at the end of recovery the last segment is read once more
        return before.isUnknown() ? again : before.isRepeatedBy(segment);
    }

    private boolean isFilled() {
        try {
            boolean filled = spool.isFilled();
            if (!filled) {
                spool.removeRemains();
            }
            return filled;
        } catch (IOException _) {
            return false;
        }
    }

    private Optional<SpooledSegment> take(WalFile.Segment segment, Handover handover) throws ArchiverException {
        try {
            Optional<SpooledSegment> whole = awaitWhole(segment);
            return whole.isPresent() && spool.take(whole.get(), handover) ? whole : Optional.empty();
        } catch (ArchiverException e) {
            throw e;
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /** One that is on its way is waited for as long as it grows: fetching it again would take longer. */
    private Optional<SpooledSegment> awaitWhole(WalFile.Segment segment) throws IOException, ArchiverException {
        long size = -1;
        Instant grown = clock.instant();
        while (true) {
            Optional<SpooledSegment> whole = spool.find(segment);
            OptionalLong growing = whole.isPresent() ? OptionalLong.empty() : spool.growing(segment);
            if (growing.isEmpty()) {
                // it may have become whole between the two questions
                return whole.isPresent() ? whole : spool.find(segment);
            }
            if (growing.getAsLong() > size) {
                size = growing.getAsLong();
                grown = clock.instant();
            } else if (Duration.between(grown, clock.instant()).compareTo(STANDSTILL) > 0) {
                return Optional.empty();
            }
            pause.sleep(LOOK);
        }
    }

    private RecoveryPosition position() {
        try {
            return spool.position()
                    .filter(position -> position.server().equals(server))
                    .orElseGet(() -> RecoveryPosition.unknown(server));
        } catch (IOException _) {
            return RecoveryPosition.unknown(server);
        }
    }

    private void remember(RecoveryPosition before, RecoveryPosition now) {
        if (!now.equals(before)) {
            try {
                spool.write(now);
            } catch (IOException _) {
                // then nothing is fetched ahead
            }
        }
    }

    /** Also what an earlier server of this data directory has left that did not come to its end. */
    private void forget() {
        try {
            spool.remove();
        } catch (IOException _) {
            // then it stays; it is of no weight
        }
    }

    private boolean isWorthwhile(RecoveryPosition before, WalFile.Segment segment, GetOutcome outcome) {
        boolean hasRoom = outcome instanceof GetOutcome.Served(long bytes) && bytes <= mostBytes;
        boolean startedLately = before.started()
                .map(when -> Duration.between(when, clock.instant()))
                .filter(since -> !since.isNegative() && since.compareTo(BETWEEN_STARTS) < 0)
                .isPresent();
        return hasRoom && !startedLately && before.isFollowedBy(segment);
    }

    private void start() {
        try {
            starter.start();
        } catch (IOException _) {
            // the next segments are fetched when they are asked for
        }
    }
}
