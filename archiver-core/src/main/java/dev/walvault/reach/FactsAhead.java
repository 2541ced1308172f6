package dev.walvault.reach;

import dev.walvault.ArchiverException;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.WalSegment;
import dev.walvault.pg.wal.WalFacts;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Who tells what the records of segments say. What is damaged, or closed to this host, is as good as not there. */
public interface FactsAhead {
    /** Hears how many segments there are at most, before the first of them is asked for. */
    default void expect(int segments) {}

    /** What was stored with each of the segments, in their order; empty for one without. */
    List<Optional<WalFacts>> stored(List<WalSegment> segments) throws ArchiverException;

    /**
     * What a recovery to a time replays of a segment, out of its records.
     *
     * @param behind where recovery begins
     * @param isPast whether recovery stops before a commit or abort of a time; then the facts go up to there
     * @return empty if it cannot be read
     */
    Optional<Replayed> read(WalSegment segment, Lsn behind, Predicate<Instant> isPast) throws ArchiverException;

    /**
     * What is replayed of a segment.
     *
     * @param past where the commit or abort begins that is the first one past the time; empty if all of the segment is
     *     replayed
     */
    record Replayed(WalFacts facts, Optional<Lsn> past) {}
}
