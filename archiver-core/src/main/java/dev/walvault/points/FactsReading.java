package dev.walvault.points;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.KeyException;
import dev.walvault.observe.Cancellation;
import dev.walvault.pg.TimelineHistory;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalSegment;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.pg.wal.WalFacts;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.RestorePoint;
import dev.walvault.work.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** Reads what many segments say of their restore points, several at the same time. */
final class FactsReading {
    private static final int THREADS = 8;

    /**
     * With the header of its segment: a record of a restore point that goes on from the segment before takes no more.
     */
    private static final long LARGEST_RECORD = 176;

    private final MemberVault member;
    private final WalSegmentSize size;
    private final Cancellation cancellation;
    private final Ancestry ancestry;

    /** What came of one segment: its facts, if it has some, or why it cannot be used. */
    private record Outcome(Optional<WalFacts> facts, Optional<ArchiverException> failure) {}

    /**
     * What came of them.
     *
     * @param points of those that were read
     * @param read with what they say, if they say anything
     * @param silent those of {@code read} that do not say all
     * @param closed no identity opens them
     * @param unreadable neither
     * @param noKey whether this host has no identity at all, so that nothing else was tried
     * @param stopped whether reading was given up, so that the rest is unreadable
     * @param failure why something is unreadable
     */
    record Result(
            List<RestorePoint> points,
            SegmentRuns read,
            SegmentRuns silent,
            SegmentRuns closed,
            SegmentRuns unreadable,
            boolean noKey,
            boolean stopped,
            Optional<ArchiverException> failure) {}

    FactsReading(MemberVault member, WalSegmentSize size, Cancellation cancellation) {
        this.member = member;
        this.size = size;
        this.cancellation = cancellation;
        this.ancestry = new Ancestry(member.wal());
    }

    Result read(SegmentRuns wanted) throws ArchiverException {
        Map<WalSegment, Outcome> outcomes = new ConcurrentSkipListMap<>();
        Optional<ArchiverException> failure = readAll(newestFirst(wanted), outcomes);
        var sorting = new Sorting();
        for (var each : outcomes.entrySet()) {
            sorting.take(each.getKey(), each.getValue());
        }
        sorting.unreadable.addAll(wanted.minus(sorting.seen));
        boolean noKey = outcomes.values().stream().anyMatch(FactsReading::isWithoutKey);
        return new Result(
                sorting.points,
                sorting.read,
                sorting.silent,
                sorting.closed,
                sorting.unreadable,
                noKey,
                failure.isPresent(),
                failure.or(() -> sorting.failure));
    }

    private static List<WalSegment> newestFirst(SegmentRuns wanted) {
        var segments = new ArrayList<WalSegment>();
        for (SegmentRuns.Run run : wanted.all().reversed()) {
            for (long number = run.last(); number >= run.first(); number--) {
                segments.add(new WalSegment(run.timeline(), number));
            }
        }
        return segments;
    }

    private Optional<ArchiverException> readAll(List<WalSegment> segments, Map<WalSegment, Outcome> outcomes) {
        try (var workers = new Workers("facts", THREADS, cancellation)) {
            for (WalSegment segment : segments) {
                if (outcomes.size() == 1
                        && isWithoutKey(outcomes.values().iterator().next())) {
                    return Optional.empty();
                }
                workers.submit(() -> outcomes.put(segment, outcome(segment)));
                if (outcomes.isEmpty()) {
                    // the first one tells whether there is a key
                    workers.join();
                }
            }
            workers.join();
            return Optional.empty();
        } catch (ArchiverException e) {
            return Optional.of(e);
        }
    }

    private static boolean isWithoutKey(Outcome outcome) {
        return outcome.failure().isPresent() && outcome.failure().get().code() == ErrorCode.KEY_MISSING;
    }

    private Outcome outcome(WalSegment segment) throws ArchiverException {
        try {
            return new Outcome(member.wal().facts(segment.file(size)), Optional.empty());
        } catch (ArchiverException e) {
            if (!(e instanceof KeyException || e.isOfOneObject())) {
                throw e;
            }
            return new Outcome(Optional.empty(), Optional.of(e));
        }
    }

    /** Sorts the outcomes. */
    private final class Sorting {
        private final List<RestorePoint> points = new ArrayList<>();
        private final SegmentRuns seen = new SegmentRuns();
        private final SegmentRuns read = new SegmentRuns();
        private final SegmentRuns silent = new SegmentRuns();
        private final SegmentRuns closed = new SegmentRuns();
        private final SegmentRuns unreadable = new SegmentRuns();
        private Optional<ArchiverException> failure = Optional.empty();

        void take(WalSegment segment, Outcome outcome) throws ArchiverException {
            var one = new SegmentRuns.Run(segment.timeline(), segment.number(), segment.number());
            seen.add(one);
            if (outcome.failure().isPresent()) {
                boolean isClosed = outcome.failure().get() instanceof KeyException;
                (isClosed ? closed : unreadable).add(one);
                failure = failure.or(() -> isClosed ? Optional.empty() : outcome.failure());
            } else if (outcome.facts().isEmpty()
                    || addPoints(segment.timeline(), outcome.facts().get())) {
                read.add(one);
                if (outcome.facts().filter(FactsReading::tellsAll).isEmpty()) {
                    silent.add(one);
                }
            } else {
                unreadable.add(one);
            }
        }

        /** A segment begins with a copy of what its server's ancestors wrote. Returns false if these are not known. */
        private boolean addPoints(TimelineId timeline, WalFacts facts) throws ArchiverException {
            if (facts.points().isEmpty()) {
                return true;
            }
            Optional<TimelineHistory> history = ancestry.of(timeline);
            if (history.isEmpty()) {
                return false;
            }
            for (WalFacts.Point point : facts.points()) {
                // no target can have the name of no characters
                if (!point.name().isEmpty()) {
                    TimelineId writtenOn = history.get().timelineOf(point.lsn().plus(-1));
                    points.add(new RestorePoint(point.name(), point.lsn(), writtenOn, point.time()));
                }
            }
            return true;
        }
    }

    private static boolean tellsAll(WalFacts facts) {
        long unknown = facts.from().minus(facts.begin());
        return facts.to().equals(facts.end()) && (unknown == 0 || unknown > LARGEST_RECORD);
    }
}
