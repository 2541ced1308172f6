package dev.walvault.reach;

import dev.walvault.ArchiverException;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.WalSegment;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.pg.wal.WalFacts;
import dev.walvault.reach.RecoveryOutlook.Ending;
import dev.walvault.vault.BackupFacts;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * One pass over what the records say that a recovery replays, from the backup on to where it is known to stop. Facts
 * that were stored with a segment are used; a segment itself is read where they do not tell, or are not there, of so
 * many as are read.
 */
final class OutlookScan {
    /** Of so many segments the facts are asked for together. */
    private static final int TOGETHER = 64;

    /** So many segments without facts are read from the first one on, and as many from the last one back. */
    private static final int MOST_READ = 16;

    private final RecoveryTarget target;
    private final BackupFacts backup;
    private final WalSegmentSize size;
    private final Optional<Lsn> place;
    private final Lsn upTo;
    private final FactsAhead source;

    private final List<WalFacts.Creation> created = new ArrayList<>();
    private final List<RecoveryOutlook.Stretch> unknown = new ArrayList<>();
    private final Deque<WalSegment> notRead = new ArrayDeque<>();
    private int read;
    private Optional<Instant> latestInBackup = Optional.empty();
    private Optional<Instant> latest = Optional.empty();
    private Optional<Ending> ending = Optional.empty();

    private OutlookScan(
            RecoveryTarget target,
            BackupFacts backup,
            WalSegmentSize size,
            Optional<Lsn> place,
            Lsn upTo,
            FactsAhead source) {
        this.target = target;
        this.backup = backup;
        this.size = size;
        this.place = place;
        this.upTo = upTo;
        this.source = source;
    }

    /** {@link RecoveryOutlook#of}. */
    static RecoveryOutlook run(
            RecoveryTarget target, BackupFacts backup, WalLine line, Lsn end, Optional<Lsn> place, FactsAhead source)
            throws ArchiverException {
        Lsn upTo = place.filter(end::isAfter).orElse(end);
        var scan = new OutlookScan(target, backup, line.size(), place, upTo, source);
        scan.follow(line.segments(backup.start(), upTo));
        return scan.outlook();
    }

    private void follow(List<WalSegment> way) throws ArchiverException {
        source.expect(way.size());
        for (int from = 0; from < way.size() && ending.isEmpty(); from += TOGETHER) {
            List<WalSegment> some = way.subList(from, Math.min(way.size(), from + TOGETHER));
            List<Optional<WalFacts>> stored = source.stored(some);
            for (int i = 0; i < some.size() && ending.isEmpty(); i++) {
                take(some.get(i), stored.get(i));
            }
        }
        if (ending.isEmpty() && target instanceof RecoveryTarget.AtTime) {
            lookBack();
        }
    }

    private void take(WalSegment segment, Optional<WalFacts> stored) throws ArchiverException {
        Lsn begin = segment.startLsn(size);
        // what lies under a segment's name may be another one
        Optional<WalFacts> known = stored.filter(facts -> facts.begin().equals(begin));
        if (known.isPresent()) {
            takeKnown(segment, known.get());
            return;
        }
        Optional<FactsAhead.Replayed> replayed =
                read++ < MOST_READ ? source.read(segment, backup.start(), this::isPast) : Optional.empty();
        if (replayed.isPresent() && replayed.get().facts().begin().equals(begin)) {
            take(replayed.get());
            return;
        }
        addUnknown(begin, begin.plus(size.bytes()));
        notRead.addLast(segment);
        if (notRead.size() > MOST_READ) {
            notRead.removeFirst();
        }
    }

    private void takeKnown(WalSegment segment, WalFacts facts) throws ArchiverException {
        boolean past =
                facts.transactionEnds().filter(range -> isPast(range.latest())).isPresent();
        boolean inBackup = facts.begin().isBefore(backup.stop());
        if (!past) {
            take(facts);
        } else if (!inBackup && facts.created().isEmpty()) {
            ending = Optional.of(Ending.AT_TARGET);
        } else {
            // it matters what comes before that commit or abort, and what behind it
            Optional<FactsAhead.Replayed> replayed = source.read(segment, backup.start(), this::isPast);
            if (replayed.isEmpty()) {
                take(facts);
                ending = Optional.of(inBackup ? Ending.UNKNOWN : Ending.AT_TARGET);
            } else if (replayed.get().past().isPresent() || facts.begin().isBefore(backup.start())) {
                take(replayed.get());
            } else {
                // the record came from the segment before, which was not read
                stopAt(facts.begin().plus(-1));
            }
        }
    }

    private void take(FactsAhead.Replayed replayed) {
        WalFacts facts = replayed.facts();
        Optional<Lsn> past = replayed.past();
        addUnknown(facts.begin(), facts.from());
        addRecords(facts, upTo);
        if (past.isPresent()) {
            stopAt(past.get());
        } else {
            addUnknown(facts.to(), facts.end());
        }
    }

    private void take(WalFacts facts) {
        Optional<Lsn> point = point(facts);
        addUnknown(facts.begin(), facts.from());
        addRecords(facts, point.orElse(upTo));
        if (point.isPresent()) {
            stopAt(point.get());
        } else {
            addUnknown(facts.to(), facts.end());
        }
    }

    /** The server stops behind the first record of a restore point with the name that it is given. */
    private Optional<Lsn> point(WalFacts facts) {
        if (!(target instanceof RecoveryTarget.AtName(String name)) || place.isPresent()) {
            return Optional.empty();
        }
        return facts.points().stream()
                .filter(point -> point.name().equals(name) && point.lsn().isAfter(backup.start()))
                .map(WalFacts.Point::lsn)
                .findFirst();
    }

    private void addRecords(WalFacts facts, Lsn end) {
        facts.created().stream()
                .filter(each ->
                        each.lsn().isAfter(backup.start()) && !each.lsn().isAfter(end))
                .forEach(created::add);
        Optional<Instant> last = facts.transactionEnds().map(WalFacts.TimeRange::latest);
        if (facts.begin().isBefore(backup.stop())) {
            latestInBackup = later(latestInBackup, last);
        } else {
            latest = later(latest, last);
        }
    }

    private static Optional<Instant> later(Optional<Instant> one, Optional<Instant> other) {
        return one.isEmpty() || other.filter(one.get()::isBefore).isPresent() ? other : one;
    }

    private void stopAt(Lsn record) {
        ending = Optional.of(record.isBefore(backup.stop()) ? Ending.TOO_EARLY : Ending.AT_TARGET);
    }

    private void addUnknown(Lsn from, Lsn to) {
        Lsn begin = from.isBefore(backup.start()) ? backup.start() : from;
        Lsn end = to.isAfter(upTo) ? upTo : to;
        if (!begin.isBefore(end)) {
            return;
        }
        if (!unknown.isEmpty() && unknown.getLast().end().equals(begin)) {
            begin = unknown.removeLast().begin();
        }
        unknown.add(new RecoveryOutlook.Stretch(begin, end));
    }

    /** A later commit or abort is enough, wherever it is: the last segments have it, if any has. */
    private void lookBack() throws ArchiverException {
        while (!notRead.isEmpty() && ending.isEmpty()) {
            source.read(notRead.removeLast(), backup.start(), this::isPast)
                    .flatMap(FactsAhead.Replayed::past)
                    .ifPresent(this::stopAt);
        }
    }

    /** As the server compares, of which a target has no more digits than it prints (recoveryStopsBefore). */
    private boolean isPast(Instant time) {
        if (!(target instanceof RecoveryTarget.AtTime at)) {
            return false;
        }
        Instant limit = at.time().truncatedTo(ChronoUnit.MICROS);
        return at.inclusive() ? time.isAfter(limit) : !time.isBefore(limit);
    }

    private RecoveryOutlook outlook() {
        Ending end = ending.orElseGet(this::endingThere);
        return new RecoveryOutlook(created, end, end == Ending.AT_TARGET ? Optional.empty() : nearest(), unknown);
    }

    /** All of the way was looked at, and nothing stops there. */
    private Ending endingThere() {
        if (place.isPresent() && place.get().equals(upTo)) {
            return Ending.AT_TARGET;
        }
        return switch (target) {
            case RecoveryTarget.Latest _ -> Ending.END_OF_WAL;
            case RecoveryTarget.AtTime _, RecoveryTarget.AtName _ ->
                unknown.isEmpty() ? Ending.END_OF_WAL : Ending.UNKNOWN;
            case RecoveryTarget.Immediate _, RecoveryTarget.AtLsn _, RecoveryTarget.AtXid _ -> Ending.UNKNOWN;
        };
    }

    /** Just before the last commit or abort by the clock, if the backup is consistent there. */
    private Optional<RecoveryTarget.AtTime> nearest() {
        if (!(target instanceof RecoveryTarget.AtTime at)
                || latest.isEmpty()
                || latestInBackup.filter(time -> !time.isBefore(latest.get())).isPresent()) {
            return Optional.empty();
        }
        Instant time = at.inclusive() ? latest.get().minus(1, ChronoUnit.MICROS) : latest.get();
        return Optional.of(new RecoveryTarget.AtTime(time, at.inclusive()))
                .filter(reachable -> !reachable.time().isBefore(backup.stopTime()));
    }
}
