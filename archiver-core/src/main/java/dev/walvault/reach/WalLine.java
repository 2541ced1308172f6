package dev.walvault.reach;

import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineHistory;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalSegment;
import dev.walvault.pg.WalSegmentSize;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * The WAL of a timeline and its ancestors, as one line from the oldest byte to the newest, with what is missing of it.
 */
public final class WalLine {
    private static final Lsn END_OF_TIME = new Lsn(-1L);

    private final WalSegmentSize size;
    private final List<Stretch> newestFirst;

    /** The bytes from {@code begin} up to, not including, {@code end} were written on this timeline. */
    private record Stretch(Lsn begin, Lsn end, WalCoverage stored) {
        /** Whether any byte of it is from {@code first} to {@code last}. */
        boolean touches(Lsn first, Lsn last) {
            return !begin.isAfter(last) && end.isAfter(first);
        }
    }

    /**
     * How far one gets.
     *
     * @param end of what is there without a gap
     * @param missing the segment that has the byte at {@code end}
     * @param next the first segment that is stored beyond it; empty if none is
     * @param written the last one that was written, as something else tells that is stored; empty if nothing tells of
     *     {@code missing} or a later one
     */
    public record Reach(Lsn end, WalSegment missing, Optional<WalSegment> next, Optional<WalSegment> written) {}

    WalLine(TimelineHistory history, WalSegmentSize size, Function<TimelineId, WalCoverage> stored) {
        this.size = size;
        var stretches = new ArrayList<Stretch>();
        Lsn begin = Lsn.ZERO;
        for (var entry : history.entries()) {
            Lsn end = history.switchPointOf(entry.timeline()).orElse(entry.switchPoint());
            stretches.add(new Stretch(begin, end, stored.apply(entry.timeline())));
            begin = entry.switchPoint();
        }
        stretches.add(new Stretch(begin, END_OF_TIME, stored.apply(history.timeline())));
        stretches.removeIf(stretch -> !stretch.begin.isBefore(stretch.end));
        this.newestFirst = stretches.reversed();
    }

    private WalLine(WalSegmentSize size, WalCoverage stored) {
        this.size = size;
        this.newestFirst = List.of(new Stretch(Lsn.ZERO, END_OF_TIME, stored));
    }

    /** The line of a timeline of which it is not known where it came from. */
    static WalLine alone(TimelineId timeline, WalSegmentSize size, Function<TimelineId, WalCoverage> stored) {
        return new WalLine(size, stored.apply(timeline));
    }

    WalSegmentSize size() {
        return size;
    }

    /** Follows the line from the segment that has the byte at {@code from}. */
    public Reach follow(Lsn from) {
        long number = Long.divideUnsigned(from.value(), size.bytes());
        while (true) {
            Lsn start = new Lsn(number * size.bytes());
            Lsn last = start.plus(size.bytes() - 1);
            List<Stretch> touching = newestFirst.stream()
                    .filter(stretch -> stretch.touches(start, last))
                    .toList();
            // a segment of a newer timeline begins with a copy of what was written on the older one
            Stretch newest = touching.getFirst();
            OptionalLong run = newest.stored.endOfRun(number);
            if (run.isEmpty()) {
                long missing = number;
                Lsn reached = touching.stream()
                        .filter(stretch -> stretch.stored.endOfRun(missing).isPresent())
                        .findFirst()
                        .map(Stretch::end)
                        .orElse(start);
                return new Reach(
                        reached,
                        new WalSegment(newest.stored.timeline(), number),
                        firstAfter(number),
                        writtenFrom(number));
            }
            number = Math.max(number, Math.min(run.getAsLong(), lastAlone(newest))) + 1;
        }
    }

    /**
     * The segments that a server reads along the line, in order: from the one that has the byte at {@code from} to the
     * one that has the last byte before {@code end}. What is missing of them is left out.
     */
    public List<WalSegment> segments(Lsn from, Lsn end) {
        var segments = new ArrayList<WalSegment>();
        long last = Long.divideUnsigned(end.plus(-1).value(), size.bytes());
        for (long number = Long.divideUnsigned(from.value(), size.bytes()); number <= last; number++) {
            stored(number).ifPresent(segments::add);
        }
        return segments;
    }

    /** A server takes the newest timeline's that is there. */
    private Optional<WalSegment> stored(long number) {
        Lsn start = new Lsn(number * size.bytes());
        Lsn last = start.plus(size.bytes() - 1);
        return newestFirst.stream()
                .filter(stretch -> stretch.touches(start, last)
                        && stretch.stored.endOfRun(number).isPresent())
                .map(stretch -> new WalSegment(stretch.stored.timeline(), number))
                .findFirst();
    }

    private Optional<WalSegment> firstAfter(long number) {
        return newestFirst.stream()
                .flatMap(stretch -> firstAfter(number, stretch).stream())
                .min(Comparator.comparingLong(WalSegment::number));
    }

    private Optional<WalSegment> writtenFrom(long number) {
        return newestFirst.stream()
                .filter(stretch -> Math.min(stretch.stored.written(), lastAlone(stretch)) >= number)
                .map(stretch -> new WalSegment(
                        stretch.stored.timeline(), Math.min(stretch.stored.written(), lastAlone(stretch))))
                .findFirst();
    }

    /** The last segment before the one that the next timeline has a part in. */
    private long lastAlone(Stretch stretch) {
        return Long.divideUnsigned(stretch.end.value(), size.bytes()) - 1;
    }

    private Optional<WalSegment> firstAfter(long number, Stretch stretch) {
        long first = Long.divideUnsigned(stretch.begin.value(), size.bytes());
        long last = Long.divideUnsigned(stretch.end.plus(-1).value(), size.bytes());
        OptionalLong stored = stretch.stored.firstFrom(Math.max(number + 1, first));
        return stored.isPresent() && stored.getAsLong() <= last
                ? Optional.of(new WalSegment(stretch.stored.timeline(), stored.getAsLong()))
                : Optional.empty();
    }
}
