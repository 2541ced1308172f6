package dev.walvault.restore;

import dev.walvault.ArchiverException;
import dev.walvault.IntegrityException;
import dev.walvault.KeyException;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineHistory;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalSegment;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.vault.Backup;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.WalArchive;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** All WAL of one system, as it was listed at one moment. Histories are read when they are needed. */
final class WalMap {
    private final WalArchive wal;
    private final WalSegmentSize size;
    private final NavigableMap<TimelineId, WalCoverage> stored = new TreeMap<>();
    private final Map<TimelineId, TimelineHistory> histories = new HashMap<>();

    private WalMap(WalArchive wal, WalSegmentSize size) {
        this.wal = wal;
        this.size = size;
    }

    /** Lists the store. */
    static WalMap read(MemberVault member, List<Backup> backups) throws ArchiverException {
        var map = new WalMap(member.wal(), member.requireIdentity().segmentSize());
        for (TimelineId timeline : map.wal.timelines()) {
            map.stored.put(timeline, WalCoverage.of(map.wal, timeline, map.size));
        }
        for (Backup backup : backups) {
            map.stored.computeIfAbsent(backup.facts().timeline(), WalMap::nothing);
        }
        return map;
    }

    private static WalCoverage nothing(TimelineId timeline) {
        return new WalCoverage(timeline, List.of());
    }

    WalSegmentSize size() {
        return size;
    }

    /** Those with WAL, a history or a backup, in ascending order. */
    List<TimelineId> timelines() {
        return List.copyOf(stored.keySet());
    }

    WalCoverage stored(TimelineId timeline) {
        return stored.getOrDefault(timeline, nothing(timeline));
    }

    TimelineHistory history(TimelineId timeline) throws ArchiverException {
        TimelineHistory known = histories.get(timeline);
        if (known == null) {
            known = wal.history(timeline);
            histories.put(timeline, known);
        }
        return known;
    }

    WalLine line(TimelineId timeline) throws ArchiverException {
        return new WalLine(history(timeline), size, this::stored);
    }

    /** Why recovery along this timeline cannot begin with the backup; empty if it can. */
    Optional<String> strangeness(Backup backup, TimelineId timeline) throws ArchiverException {
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

    /** The timelines, other than the given one, that have WAL which is no part of its line. */
    List<TimelineId> strangers(TimelineId timeline) throws ArchiverException {
        TimelineHistory history = history(timeline);
        return stored.values().stream()
                .filter(coverage -> !coverage.isEmpty() && !coverage.timeline().equals(timeline))
                .filter(coverage -> {
                    Lsn last = new Lsn(coverage.runs().getLast().last() * size.bytes());
                    return history.switchPointOf(coverage.timeline())
                            .map(left -> !last.isBefore(left))
                            .orElse(true);
                })
                .map(WalCoverage::timeline)
                .toList();
    }

    /** When the segment was stored, by the store's clock, that has the last byte before this place. */
    Optional<Instant> storedAt(TimelineId timeline, Lsn end) throws ArchiverException {
        TimelineId last = timeline;
        try {
            last = history(timeline).timelineOf(end.plus(-1));
        } catch (IntegrityException | KeyException _) {
            // a timeline whose history is missing, or closed to this host, stands alone
        }
        return end.isZero()
                ? Optional.empty()
                : wal.storedAt(WalSegment.ofLastByteBefore(end, last, size).file(size));
    }
}
