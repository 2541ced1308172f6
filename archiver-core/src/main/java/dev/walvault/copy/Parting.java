package dev.walvault.copy;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.IntegrityException;
import dev.walvault.KeyException;
import dev.walvault.StoreException;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegment;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.MemberVault;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;

/**
 * Where the WAL of two vaults parts, found before any of it is stored. WAL that has diverged never becomes equal again,
 * so the newest segment that both have sound tells whether it has, and a few others where. What is damaged tells
 * nothing. For several threads.
 */
final class Parting {
    /** Damaged objects, one after the other: there are not more of them in a vault that is good for anything. */
    private static final int MOST_DAMAGED = 8;

    private final MemberVault from;
    private final MemberVault to;
    private final WalSegmentSize size;
    private final Comparison comparison;
    private final CopyLedger ledger;
    private final Map<TimelineId, LeftOut> leftOut = new ConcurrentHashMap<>();

    /** Up to where the vaults were found equal; what they have behind that came later. */
    private final Map<TimelineId, Lsn> equal = new ConcurrentHashMap<>();

    /** Compares one object of the vault that is copied from, if both have it. */
    @FunctionalInterface
    interface Comparison {
        void compare(ObjectKey key) throws ArchiverException;
    }

    Parting(MemberVault from, MemberVault to, WalSegmentSize size, Comparison comparison, CopyLedger ledger) {
        this.from = from;
        this.to = to;
        this.size = size;
        this.comparison = comparison;
        this.ledger = ledger;
    }

    /** Looks at every timeline; an ancestor comes before its descendants. Lists the WAL of both vaults. */
    void find() throws ArchiverException {
        for (TimelineId timeline : from.wal().timelines()) {
            if (!isBelowAnother(timeline)) {
                compare(timeline);
            }
        }
    }

    /** Whether nothing may be stored under this name. */
    boolean leavesOut(WalFile file) {
        LeftOut found = leftOut.get(file.timeline());
        if (found == null) {
            return false;
        }
        return file.ofSegment()
                .map(segment -> isBehind(segment, found.behind()))
                .orElse(found.behind().isZero());
    }

    /** Whether this is the key of a restore point in WAL that is left out. */
    boolean leavesOutPoint(ObjectKey key) {
        return leftOut.values().stream()
                .anyMatch(each -> MemberKeys.isPointBehind(key, each.timeline(), each.behind()));
    }

    /**
     * A file was in conflict when it was to be stored. What came into the other vault after the two were compared is
     * another server's going on there; what was there before is damaged, because the WAL behind it is equal.
     */
    void met(WalFile file) throws ArchiverException {
        Optional<Lsn> place = switch (file) {
            case WalFile.Segment segment ->
                Optional.of(segment.toWalSegment(size).startLsn(size));
            case WalFile.TimelineHistoryFile _ -> Optional.of(Lsn.ZERO);
            case WalFile.Partial _, WalFile.BackupHistoryFile _ -> Optional.empty();
        };
        Lsn same = equal.getOrDefault(file.timeline(), Lsn.ZERO);
        boolean came = place.isPresent() && !place.get().isBefore(same) && !leavesOut(file);
        if (came && from.wal().hasSound(file) && to.wal().hasSound(file)) {
            leaveOut(file.timeline(), place.get(), file.timeline());
        }
    }

    private boolean isBehind(WalFile.Segment segment, Lsn place) {
        return !segment.fits(size) || !segment.toWalSegment(size).startLsn(size).isBefore(place);
    }

    private void leaveOut(TimelineId timeline, Lsn behind, TimelineId differing) {
        var found = new LeftOut(timeline, behind, differing);
        leftOut.put(timeline, found);
        ledger.leftOut(found);
    }

    /** Whether it leaves an ancestor at a place behind which that one is left out. */
    private boolean isBelowAnother(TimelineId timeline) throws ArchiverException {
        for (LeftOut ancestor : leftOut.values().stream().toList()) {
            boolean differs = ancestor.timeline().equals(ancestor.differing());
            if (differs && mayLeaveBehind(timeline, ancestor)) {
                leaveOut(timeline, Lsn.ZERO, ancestor.timeline());
                return true;
            }
        }
        return false;
    }

    private boolean mayLeaveBehind(TimelineId timeline, LeftOut ancestor) throws ArchiverException {
        try {
            if (!from.vault().encrypted()) {
                return from.wal()
                        .history(timeline)
                        .switchPointOf(ancestor.timeline())
                        .filter(left -> left.isAfter(ancestor.behind()))
                        .isPresent();
            }
        } catch (IntegrityException | KeyException _) {
            // as where it cannot be read for want of a key
        }
        // where its first segment lies, it leaves its parent
        return from.wal()
                .any(timeline)
                .flatMap(WalFile::ofSegment)
                .filter(first -> !isBehind(first, ancestor.behind()))
                .isEmpty();
    }

    private void compare(TimelineId timeline) throws ArchiverException {
        Optional<IntegrityException> history =
                look(new WalFile.TimelineHistoryFile(timeline)).difference();
        if (history.isPresent()) {
            ledger.problem(history.get());
            leaveOut(timeline, Lsn.ZERO, timeline);
            return;
        }
        long[] common = inBoth(timeline);
        int same = common.length - 1;
        Optional<IntegrityException> newest = Optional.empty();
        for (int damaged = 0; same >= 0 && damaged < MOST_DAMAGED; damaged++) {
            Look look = look(timeline, common[same]);
            newest = look.difference();
            if (look.known()) {
                break;
            }
            same--;
        }
        if (newest.isPresent()) {
            same = lastSame(timeline, Arrays.copyOf(common, same + 1), newest.get());
        }
        Lsn end = same < 0 ? Lsn.ZERO : new WalSegment(timeline, common[same]).endLsn(size);
        equal.put(timeline, end);
        if (newest.isPresent()) {
            leaveOut(timeline, end, timeline);
        }
    }

    /** The newest of them is known to differ. Tells of the first one that does; what is damaged counts as differing. */
    private int lastSame(TimelineId timeline, long[] common, IntegrityException newest) throws ArchiverException {
        int same = -1;
        int differs = common.length - 1;
        IntegrityException first = newest;
        while (differs - same > 1) {
            int middle = (same + differs) >>> 1;
            Look look = look(timeline, common[middle]);
            if (look.known() && look.difference().isEmpty()) {
                same = middle;
            } else {
                differs = middle;
                first = look.difference().orElse(first);
            }
        }
        ledger.problem(first);
        return same;
    }

    /**
     * What is known of one file in both vaults.
     *
     * @param known whether neither is damaged, as far as that is seen
     * @param difference why they are not the same, if both are sound
     */
    private record Look(boolean known, Optional<IntegrityException> difference) {}

    private Look look(TimelineId timeline, long segment) throws ArchiverException {
        return look(new WalSegment(timeline, segment).file(size));
    }

    private Look look(WalFile file) throws ArchiverException {
        try {
            comparison.compare(from.keys().wal(file));
            return new Look(true, Optional.empty());
        } catch (IntegrityException e) {
            boolean sound = e.code() == ErrorCode.CONFLICT
                    && from.wal().hasSound(file)
                    && to.wal().hasSound(file);
            return new Look(sound, Optional.of(e).filter(_ -> sound));
        } catch (StoreException e) {
            if (e.code() != ErrorCode.STORE_OBSTRUCTED) {
                throw e;
            }
            return new Look(false, Optional.empty()); // told when it is to be copied
        }
    }

    /** The numbers of the segments that both vaults have, in order. */
    private long[] inBoth(TimelineId timeline) throws ArchiverException {
        long[] there = segments(to, timeline);
        return there.length == 0
                ? there
                : LongStream.of(segments(from, timeline))
                        .filter(number -> Arrays.binarySearch(there, number) >= 0)
                        .toArray();
    }

    private long[] segments(MemberVault member, TimelineId timeline) throws ArchiverException {
        var numbers = LongStream.builder();
        member.wal().eachSegment(timeline, segment -> {
            if (segment.fits(size)) {
                numbers.add(segment.toWalSegment(size).number());
            }
        });
        return numbers.build().toArray();
    }
}
