package dev.walvault.points;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.LockException;
import dev.walvault.observe.Cancellation;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegment;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.reach.WalCoverage;
import dev.walvault.vault.IndexedWal;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.RestorePoint;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The index of one vault, and what was read of its WAL that is not in it. */
final class VaultIndex {
    /**
     * A run that may still grow is remembered only if it has so many: there shall not be a document for each segment.
     */
    private static final long WORTH_REMEMBERING = 32;

    private final MemberVault member;
    private final Cancellation cancellation;
    private final List<RestorePoint> unwritten = new ArrayList<>();

    /** Of these everything is in the index, or in {@link #unwritten}; but for what is silent. */
    private final SegmentRuns indexed = new SegmentRuns();

    private final SegmentRuns silent = new SegmentRuns();
    private final Map<UnknownWal.Reason, SegmentRuns> unread = new EnumMap<>(UnknownWal.Reason.class);
    private SegmentRuns stored = new SegmentRuns();
    private @Nullable WalSegmentSize size;
    private @Nullable ArchiverException failure;
    private boolean stopped;
    private boolean listed;

    VaultIndex(MemberVault member, Cancellation cancellation) {
        this.member = member;
        this.cancellation = cancellation;
    }

    /** Reads up to so many segments, the newest first. Throws CANCELLED, and nothing else. */
    void complete(int most) throws LockException {
        unread(UnknownWal.Reason.LATER, new SegmentRuns());
        try {
            WalSegmentSize segmentSize = load();
            SegmentRuns missing = stored.minus(indexed);
            for (SegmentRuns tried : unread.values()) {
                missing = missing.minus(tried);
            }
            SegmentRuns now = missing.newest(most);
            take(new FactsReading(member, segmentSize, cancellation).read(now), missing, now);
        } catch (ArchiverException e) {
            stopped = true;
            fail(e);
        }
    }

    /** Lists the WAL unless that was done, or has failed already. Throws CANCELLED, and nothing else. */
    void list() throws LockException {
        if (listed || failure != null) {
            return;
        }
        try {
            load();
        } catch (ArchiverException e) {
            fail(e);
        }
    }

    /**
     * Whether the segment is stored in which the point's record ends. A timeline that left the point's behind it begins
     * with a copy. Also true where the WAL could not be listed.
     */
    boolean mayHaveWalOf(RestorePoint point, Ancestry ancestry) throws ArchiverException {
        WalSegmentSize known = size;
        if (!listed || known == null || point.lsn().isZero()) {
            return true;
        }
        long number = WalSegment.ofLastByteBefore(point.lsn(), point.timeline(), known)
                .number();
        for (TimelineId timeline : stored.timelines()) {
            if (stored.contains(timeline, number) && ancestry.passes(point, timeline)) {
                return true;
            }
        }
        return false;
    }

    /** Whether another call would read more. */
    boolean hasMore() {
        return !stopped && of(UnknownWal.Reason.LATER).segments() > 0;
    }

    /** Those whose restore points are all in the index, or in {@link #unwritten()}. */
    SegmentRuns known() {
        return indexed.minus(silent);
    }

    /** The others that are stored. */
    Map<UnknownWal.Reason, SegmentRuns> unknown() {
        var unknown = new EnumMap<>(unread);
        unknown.put(UnknownWal.Reason.SILENT, stored.within(silent));
        return unknown;
    }

    /** What was found and is not in the index. */
    List<RestorePoint> unwritten() {
        return unwritten;
    }

    /** Why it could not be completed, or a segment not be read. */
    Optional<ArchiverException> failure() {
        return Optional.ofNullable(failure);
    }

    /** Such segments, for people: one for each timeline. */
    List<UnknownWal> describe(UnknownWal.Reason reason, SegmentRuns segments) {
        var described = new ArrayList<UnknownWal>();
        var timelines = new TreeMap<TimelineId, List<SegmentRuns.Run>>();
        segments.all()
                .forEach(run -> timelines
                        .computeIfAbsent(run.timeline(), _ -> new ArrayList<>())
                        .add(run));
        timelines.forEach((timeline, runs) -> described.add(new UnknownWal(
                reason,
                file(timeline, runs.getFirst().first()),
                file(timeline, runs.getLast().last()),
                runs.stream().mapToLong(SegmentRuns.Run::segments).sum())));
        return described;
    }

    private WalFile.Segment file(TimelineId timeline, long number) {
        return new WalSegment(timeline, number).file(Objects.requireNonNull(size));
    }

    private SegmentRuns of(UnknownWal.Reason reason) {
        return unread.getOrDefault(reason, new SegmentRuns());
    }

    private void unread(UnknownWal.Reason reason, SegmentRuns segments) {
        unread.put(reason, segments);
    }

    private WalSegmentSize load() throws ArchiverException {
        WalSegmentSize known = size;
        if (known == null) {
            known = member.requireIdentity().segmentSize();
            WalSegmentSize segmentSize = known;
            member.indexedWal().each(run -> add(run, segmentSize));
            size = known;
        }
        listWal(known);
        return known;
    }

    private void listWal(WalSegmentSize known) throws ArchiverException {
        listed = false;
        stored = new SegmentRuns();
        for (TimelineId timeline : member.wal().timelines()) {
            for (WalCoverage.Run run :
                    WalCoverage.of(member.wal(), timeline, known).runs()) {
                stored.add(new SegmentRuns.Run(timeline, run.first(), run.last()));
            }
        }
        listed = true;
    }

    private void add(IndexedWal.Run run, WalSegmentSize segmentSize) {
        if (run.first().fits(segmentSize) && run.last().fits(segmentSize)) {
            long first = run.first().toWalSegment(segmentSize).number();
            long last = run.last().toWalSegment(segmentSize).number();
            (run.silent() ? silent : indexed)
                    .add(new SegmentRuns.Run(run.first().timeline(), first, last));
        }
    }

    private void take(FactsReading.Result result, SegmentRuns missing, SegmentRuns now) throws LockException {
        if (result.noKey()) {
            unread(UnknownWal.Reason.CLOSED, missing);
            return;
        }
        unread(UnknownWal.Reason.LATER, missing.minus(now));
        result.closed().addAll(of(UnknownWal.Reason.CLOSED));
        result.unreadable().addAll(of(UnknownWal.Reason.UNREADABLE));
        unread(UnknownWal.Reason.CLOSED, result.closed());
        unread(UnknownWal.Reason.UNREADABLE, result.unreadable());
        indexed.addAll(result.read());
        silent.addAll(result.silent());
        write(result);
        stopped = result.stopped();
        if (result.failure().isPresent()) {
            fail(result.failure().get());
        }
    }

    /** Whoever may not write here, or is not believed, keeps what was found to himself. */
    private void write(FactsReading.Result result) throws LockException {
        try {
            if (!isBelieved(result.read())) {
                unwritten.addAll(result.points());
                return;
            }
            member.restorePoints().publishMissing(result.points());
            for (SegmentRuns.Run run : result.read().all()) {
                if (run.segments() >= WORTH_REMEMBERING || !mayGrow(run)) {
                    remember(run, result.silent());
                }
            }
        } catch (ArchiverException e) {
            throwIfCancelled(e);
            unwritten.addAll(result.points());
        }
    }

    /**
     * What is stored without a signature beside signed WAL counts as damaged, and takes the name of what would be
     * signed.
     */
    private boolean isBelieved(SegmentRuns read) throws ArchiverException {
        List<SegmentRuns.Run> newest = read.newest(1).all();
        return newest.isEmpty()
                || member.isBelievedOf(
                        file(newest.getFirst().timeline(), newest.getFirst().last()));
    }

    private void remember(SegmentRuns.Run run, SegmentRuns silentNow) throws ArchiverException {
        var whole = new SegmentRuns();
        whole.add(run);
        for (SegmentRuns.Run each : whole.within(silentNow).all()) {
            member.indexedWal().add(named(each, true));
        }
        member.indexedWal().add(named(run, false));
    }

    /** Whether it is the end of its timeline. */
    private boolean mayGrow(SegmentRuns.Run run) {
        return stored.all().stream()
                .noneMatch(other -> other.timeline().equals(run.timeline()) && other.last() > run.last());
    }

    private IndexedWal.Run named(SegmentRuns.Run run, boolean isSilent) {
        return new IndexedWal.Run(file(run.timeline(), run.first()), file(run.timeline(), run.last()), isSilent);
    }

    private void fail(ArchiverException e) throws LockException {
        throwIfCancelled(e);
        failure = e;
    }

    private static void throwIfCancelled(ArchiverException e) throws LockException {
        if (e instanceof LockException cancelled && e.code() == ErrorCode.CANCELLED) {
            throw cancelled;
        }
    }
}
