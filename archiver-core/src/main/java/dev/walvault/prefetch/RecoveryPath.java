package dev.walvault.prefetch;

import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineHistory;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegment;
import dev.walvault.pg.WalSegmentSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which segments a server asks for while it recovers (XLogFileReadAnyTLI of {@code xlogrecovery.c}): for each number
 * the newest timeline on its line of descent that can have it, then the older ones, but none older than the one it has
 * reached.
 *
 * @param target the history of the timeline it recovers along; without it the server is taken to stay on its timeline
 */
record RecoveryPath(Optional<TimelineHistory> target, WalSegmentSize size) {

    /** The names under which the segment of this number is asked for, until one of them is there. */
    List<WalFile.Segment> names(long number, TimelineId reached) {
        List<TimelineId> timelines =
                target.filter(history -> leadsFrom(reached, history)).isPresent()
                        ? timelines(target.get(), number, reached)
                        : List.of(reached);
        return timelines.stream()
                .map(timeline -> new WalSegment(timeline, number).file(size))
                .toList();
    }

    private static boolean leadsFrom(TimelineId reached, TimelineHistory history) {
        return history.timeline().equals(reached)
                || history.switchPointOf(reached).isPresent();
    }

    private List<TimelineId> timelines(TimelineHistory history, long number, TimelineId reached) {
        var timelines = new ArrayList<TimelineId>();
        var entries = history.entries();
        for (int i = entries.size(); i >= 0; i--) {
            TimelineId timeline =
                    i == entries.size() ? history.timeline() : entries.get(i).timeline();
            if (timeline.compareTo(reached) < 0) {
                break;
            }
            if (i == 0 || firstSegment(timeline, entries.get(i - 1).switchPoint()) <= number) {
                timelines.add(timeline);
            }
        }
        return timelines;
    }

    /** The one that has the switch to the timeline in it is written anew on it. */
    private long firstSegment(TimelineId timeline, Lsn begin) {
        return WalSegment.containing(begin, timeline, size).number();
    }
}
