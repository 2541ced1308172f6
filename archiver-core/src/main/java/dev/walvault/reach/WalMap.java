package dev.walvault.reach;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.KeyException;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineHistory;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegment;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.pg.wal.UnfinishedSegment;
import dev.walvault.seal.Unsealed;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.Backup;
import dev.walvault.vault.Inspection;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.RestorePoint;
import dev.walvault.vault.WalArchive;
import dev.walvault.vault.Written;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** All WAL of one system, as it was listed at one moment. Histories are read when they are needed. */
public final class WalMap {
    private final WalArchive wal;
    private final WalSegmentSize size;
    private final NavigableMap<TimelineId, WalCoverage> stored = new TreeMap<>();
    private final Map<TimelineId, TimelineHistory> histories = new HashMap<>();
    private final Map<TimelineId, Optional<Written>> births = new HashMap<>();

    private final List<ObjectKey> foreign = new ArrayList<>();

    private WalMap(WalArchive wal, WalSegmentSize size) {
        this.wal = wal;
        this.size = size;
    }

    /** Lists the store. */
    public static WalMap read(MemberVault member, List<Backup> backups) throws ArchiverException {
        var map = new WalMap(member.wal(), member.requireIdentity().segmentSize());
        Set<TimelineId> known = new HashSet<>(map.wal.histories());
        for (TimelineId timeline : map.wal.timelines()) {
            WalCoverage coverage = WalCoverage.of(map.wal, timeline, map.size);
            map.foreign.addAll(coverage.foreign());
            if (!coverage.isEmpty() || known.contains(timeline)) {
                map.stored.put(timeline, coverage);
            }
        }
        map.foreign.addAll(map.wal.strangers());
        for (Backup backup : backups) {
            map.stored.computeIfAbsent(backup.facts().timeline(), WalCoverage::nothing);
        }
        return map;
    }

    /** The first objects that lie among the WAL and are none of it. */
    List<ObjectKey> foreign() {
        return foreign;
    }

    public WalSegmentSize size() {
        return size;
    }

    /** Those with WAL, a history or a backup, in ascending order. */
    public List<TimelineId> timelines() {
        return List.copyOf(stored.keySet());
    }

    WalCoverage stored(TimelineId timeline) {
        return stored.getOrDefault(timeline, WalCoverage.nothing(timeline));
    }

    public TimelineHistory history(TimelineId timeline) throws ArchiverException {
        TimelineHistory known = histories.get(timeline);
        if (known == null) {
            known = wal.history(timeline);
            histories.put(timeline, known);
        }
        return known;
    }

    /** Why it is not known where a timeline came from, if its history is missing, damaged, or closed to this host. */
    Optional<ArchiverException> unplaced(TimelineId timeline) throws ArchiverException {
        try {
            history(timeline);
            return Optional.empty();
        } catch (ArchiverException e) {
            if (!(e instanceof KeyException || e.isOfOneObject())) {
                throw e;
            }
            return Optional.of(e);
        }
    }

    /** The timeline and its ancestors, the oldest first; alone if it is not known where it came from. */
    public List<TimelineId> lineage(TimelineId timeline) throws ArchiverException {
        if (unplaced(timeline).isPresent()) {
            return List.of(timeline);
        }
        return Stream.concat(
                        history(timeline).entries().stream().map(TimelineHistory.Entry::timeline), Stream.of(timeline))
                .toList();
    }

    public WalLine line(TimelineId timeline) throws ArchiverException {
        return new WalLine(history(timeline), size, this::stored);
    }

    /** The same; where it is not known where the timeline came from, what there is of itself. */
    WalLine lineAsKnown(TimelineId timeline) throws ArchiverException {
        return unplaced(timeline).isPresent() ? WalLine.alone(timeline, size, this::stored) : line(timeline);
    }

    /** Why recovery along this timeline cannot begin with the backup; empty if it can. */
    public Optional<String> strangeness(Backup backup, TimelineId timeline) throws ArchiverException {
        TimelineId own = backup.facts().timeline();
        if (own.equals(timeline)) {
            return Optional.empty();
        }
        Optional<Lsn> left = history(timeline).switchPointOf(own);
        if (left.isEmpty()) {
            return Optional.of("it was taken on timeline " + own + ", which is no ancestor of timeline " + timeline);
        }
        if (backup.facts().stop().isAfter(left.get())) {
            return Optional.of("it ended at " + backup.facts().stop() + " on timeline " + own + ", after timeline "
                    + timeline + " had left that one at " + left.get());
        }
        return Optional.empty();
    }

    /** Whether a restore point is on the way along a timeline. */
    public boolean isPart(RestorePoint point, TimelineId timeline) throws ArchiverException {
        return point.timeline().equals(timeline)
                || history(timeline)
                        .ancestryContains(point.timeline(), point.lsn().plus(-1));
    }

    /**
     * Whether the timeline has a whole segment with anything behind this place: a promotion alone leaves none there.
     */
    boolean hasWalBehind(TimelineId timeline, Lsn place) {
        List<WalCoverage.Run> runs = stored(timeline).runs();
        return !runs.isEmpty() && new Lsn((runs.getLast().last() + 1) * size.bytes()).isAfter(place);
    }

    /** When the segment was written that has the last byte before this place of the line to {@code timeline}. */
    public Optional<Written> written(TimelineId timeline, Lsn end) throws ArchiverException {
        return end.isZero()
                ? Optional.empty()
                : written(lastBefore(timeline, end).file(size));
    }

    /** The segment that has the last byte before this place, which is not zero, of the line to {@code timeline}. */
    public WalSegment lastBefore(TimelineId timeline, Lsn end) throws ArchiverException {
        // a timeline of which it is not known where it came from stands alone
        TimelineId last =
                unplaced(timeline).isPresent() ? timeline : history(timeline).timelineOf(end.plus(-1));
        return WalSegment.ofLastByteBefore(end, last, size);
    }

    /** Why the object under the name of this segment cannot be used; empty if it can, as far as this host can tell. */
    public Optional<ArchiverException> unusable(WalSegment segment) throws ArchiverException {
        try {
            return wal.inspect(segment.file(size)).flatMap(Inspection::damage);
        } catch (ArchiverException e) {
            if (!e.isOfOneObject()) {
                throw e;
            }
            return Optional.of(e);
        }
    }

    /** Where a segment is, or would be. */
    public ObjectKey keyOf(WalSegment segment) {
        return wal.keyOf(segment.file(size));
    }

    /** Empty, too, where something lies in the file's place that is no object: nothing is known of it then. */
    private Optional<Written> written(WalFile file) throws ArchiverException {
        try {
            return wal.written(file);
        } catch (ArchiverException e) {
            if (!e.isOfOneObject()) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** Whether the vault has an unfinished segment in this place, which may be restored as well. */
    public boolean hasTail(WalSegment segment) throws ArchiverException {
        return !wal.partials(segment.file(size)).isEmpty();
    }

    /** What is stored of the unfinished segment that follows the last one of the timeline. */
    public List<WalFile.Partial> unfinished(TimelineId timeline) throws ArchiverException {
        List<WalCoverage.Run> runs = stored(timeline).runs();
        return runs.isEmpty()
                ? List.of()
                : wal.partials(new WalSegment(timeline, runs.getLast().last() + 1).file(size));
    }

    /**
     * Whether the timeline goes on from this place in an unfinished segment, as a salvage stores it: a promotion stores
     * one, too, but none with a whole record behind the place where it left the timeline. One that cannot be read is no
     * use to anybody, and counts as nothing.
     */
    boolean hasTailBehind(TimelineId timeline, Lsn place) throws ArchiverException {
        WalFile.Segment segment = WalSegment.containing(place, timeline, size).file(size);
        for (WalFile.Partial partial : wal.partials(segment)) {
            if (hasRecordAt(place, partial)) {
                return true;
            }
        }
        return false;
    }

    private boolean hasRecordAt(Lsn place, WalFile.Partial partial) throws ArchiverException {
        try (Unsealed stored = wal.open(partial).orElse(null)) {
            if (stored == null) {
                return false;
            }
            var content = new BufferedInputStream(stored.content(), 1 << 16);
            boolean found = UnfinishedSegment.hasWholeRecordAt(place, partial.segment(), content);
            content.transferTo(OutputStream.nullOutputStream()); // its end is its proof
            return found;
        } catch (ArchiverException e) {
            if (!(e instanceof KeyException || e.isOfOneObject())) {
                throw e;
            }
            return false;
        } catch (IOException e) {
            throw Fault.of(ErrorCode.STORE_UNREACHABLE, "could not read \"" + partial.name() + "\"")
                    .cause(e)
                    .store();
        }
    }

    /** When the last segment of the timeline itself was written; empty if it has none. */
    public Optional<Written> lastWritten(TimelineId timeline) throws ArchiverException {
        Optional<WalSegment> last = last(timeline);
        return last.isEmpty() ? Optional.empty() : written(last.get().file(size));
    }

    /**
     * When the timeline is known to have been there for the first time: its history, or its first segment, was written.
     * The server may have begun it earlier, and have archived it late.
     */
    Optional<Written> birth(TimelineId timeline) throws ArchiverException {
        Optional<Written> known = births.get(timeline);
        if (known == null) {
            known = earliest(timeline);
            births.put(timeline, known);
        }
        return known;
    }

    /** The first stored segment of the timeline itself; empty if it has none. */
    Optional<WalSegment> first(TimelineId timeline) {
        return stored(timeline).runs().stream().findFirst().map(run -> new WalSegment(timeline, run.first()));
    }

    /** The last one. */
    Optional<WalSegment> last(TimelineId timeline) {
        List<WalCoverage.Run> runs = stored(timeline).runs();
        return runs.isEmpty()
                ? Optional.empty()
                : Optional.of(new WalSegment(timeline, runs.getLast().last()));
    }

    private Optional<Written> earliest(TimelineId timeline) throws ArchiverException {
        var seen = new ArrayList<Written>();
        if (!timeline.isFirst()) {
            written(new WalFile.TimelineHistoryFile(timeline)).ifPresent(seen::add);
        }
        Optional<WalSegment> first = first(timeline);
        if (first.isPresent()) {
            written(first.get().file(size)).ifPresent(seen::add);
        }
        return seen.stream().min(Comparator.comparing(Written::time));
    }
}
