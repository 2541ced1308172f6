package dev.walvault.pg;

import java.util.Comparator;

/**
 * One segment of one timeline's WAL. The number counts segments from the start of the log (XLogSegNo of
 * {@code xlogdefs.h}); which bytes and which file that is depends on the system's {@link WalSegmentSize}.
 *
 * <p>The order is PostgreSQL's order of archiving: older timelines first, then by position.
 */
public record WalSegment(TimelineId timeline, long number) implements Comparable<WalSegment> {
    /** As many as there are with the smallest segments. */
    private static final long MOST = 1L << 44;

    private static final Comparator<WalSegment> ORDER =
            Comparator.comparing(WalSegment::timeline).thenComparingLong(WalSegment::number);

    public WalSegment {
        if (number < 0 || number >= MOST) {
            throw new IllegalArgumentException("invalid WAL segment number " + number);
        }
    }

    /** The segment whose bytes include the one at {@code lsn}. */
    public static WalSegment containing(Lsn lsn, TimelineId timeline, WalSegmentSize size) {
        return new WalSegment(timeline, Long.divideUnsigned(lsn.value(), size.bytes()));
    }

    /**
     * The segment needed to have everything before {@code lsn}, which is the one with the byte before it: on an exact
     * boundary the segment that ends there, not the one that begins.
     *
     * @throws IllegalArgumentException for {@link Lsn#ZERO}, before which there is nothing
     */
    public static WalSegment ofLastByteBefore(Lsn lsn, TimelineId timeline, WalSegmentSize size) {
        if (lsn.isZero()) {
            throw new IllegalArgumentException("there is no WAL before " + lsn);
        }
        return containing(lsn.plus(-1), timeline, size);
    }

    /** The name parts of this segment's file. */
    public WalFile.Segment file(WalSegmentSize size) {
        return new WalFile.Segment(timeline, number / size.segmentsPerLogId(), number % size.segmentsPerLogId());
    }

    /** Twenty-four hexadecimal digits (XLogFileName of {@code xlog_internal.h}). */
    public String fileName(WalSegmentSize size) {
        return file(size).name();
    }

    public Lsn startLsn(WalSegmentSize size) {
        return new Lsn(number * size.bytes());
    }

    /** The first position after this segment. */
    public Lsn endLsn(WalSegmentSize size) {
        return startLsn(size).plus(size.bytes());
    }

    /** The following segment on the same timeline. */
    public WalSegment next() {
        return new WalSegment(timeline, number + 1);
    }

    @Override
    public int compareTo(WalSegment other) {
        return ORDER.compare(this, other);
    }
}
