package dev.walvault.pg.wal;

import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the records say that end in one segment, as far as somebody asks before recovery reads them. It is known of
 * those that end behind {@code from} and at {@code to} or before. What ends elsewhere in the segment may be anything: a
 * plan takes it as unknown, not as nothing.
 *
 * @param begin of the segment
 * @param end of the segment, where the next one begins
 * @param from the segment's beginning, or the end of a record whose beginning was not there
 * @param to the segment's end, or the place from which on it is not read
 * @param unread why it is not read to its end; empty if it is
 * @param firstBegin where the first record begins that does so in this segment
 * @param firstEnd where the first record ends that does so in this segment
 * @param transactionEnds times of commits and aborts; empty if there is none
 * @param points in their order; several may have one name
 * @param created tablespaces, in the order of their creation
 * @param dropped tablespaces, in the order of their end
 * @param switches of timelines
 */
public record WalFacts(
        Lsn begin,
        Lsn end,
        Lsn from,
        Lsn to,
        Optional<Unread> unread,
        Optional<Lsn> firstBegin,
        Optional<Lsn> firstEnd,
        Optional<TimeRange> transactionEnds,
        List<Point> points,
        List<Creation> created,
        List<Drop> dropped,
        List<Switch> switches) {

    public WalFacts {
        points = List.copyOf(points);
        created = List.copyOf(created);
        dropped = List.copyOf(dropped);
        switches = List.copyOf(switches);
    }

    /** The bounds alone, where there is no room for the rest: no record is known. */
    public WalFacts tooMuch() {
        return new WalFacts(
                begin,
                end,
                begin,
                begin,
                Optional.of(Unread.TOO_MUCH),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    /** Whether all records are known that end in the segment. */
    public boolean isComplete() {
        return from.equals(begin) && to.equals(end);
    }

    /**
     * The smallest and the largest of some times. Each process has its own clock reading before it writes, so that
     * times may go back from record to record.
     */
    public record TimeRange(Instant earliest, Instant latest) {
        public TimeRange {
            if (latest.isBefore(earliest)) {
                throw new IllegalArgumentException("the latest time, " + latest + ", is before the earliest");
            }
        }
    }

    /**
     * A restore point.
     *
     * @param name its bytes as {@link dev.walvault.FileNames} has them
     * @param lsn where its record ends, which is what {@code pg_create_restore_point} returns
     * @param time by the server's clock
     */
    public record Point(String name, Lsn lsn, Instant time) {}

    /**
     * A tablespace that recovery creates.
     *
     * @param location its bytes as {@link dev.walvault.FileNames} has them; empty for one inside of the data directory.
     *     Below it Greenplum makes a directory for each server, whose name is the server's dbid.
     * @param lsn where the record ends
     */
    public record Creation(long oid, String location, Lsn lsn) {}

    /**
     * A tablespace that recovery drops.
     *
     * @param lsn where the record ends
     */
    public record Drop(long oid, Lsn lsn) {}

    /**
     * The end of a recovery, with which a server goes on to another timeline.
     *
     * @param lsn where the record begins that says so, at the switch or soon behind it
     */
    public record Switch(TimelineId from, TimelineId to, Lsn lsn) {}
}
