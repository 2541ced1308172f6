package dev.walvault.reach;

import dev.walvault.ArchiverException;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegment;
import dev.walvault.vault.Backup;
import dev.walvault.vault.MemberVault;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The line of WAL that leads to the present: that of the configured server, where its timeline is known and in the
 * vault; else the one that goes on from the newest backup; else the newest.
 */
public final class PresentLine {
    private final WalMap map;
    private final List<Backup> backups;
    private final Branches branches;
    private final TimelineId timeline;

    private PresentLine(WalMap map, List<Backup> backups, Branches branches, TimelineId timeline) {
        this.map = map;
        this.backups = List.copyOf(backups);
        this.branches = branches;
        this.timeline = timeline;
    }

    /**
     * Segments that are missing on the way to the present.
     *
     * @param last before the next one that is stored; where none is, the newest backup itself needs the first
     */
    public record Hole(WalFile.Segment first, WalFile.Segment last) {}

    /**
     * Lists the store, and reads histories. Empty if the vault has no WAL, no history and no backup.
     *
     * @param complete the backups to reckon with
     */
    public static Optional<PresentLine> of(MemberVault member, List<Backup> complete, Optional<ServerTimeline> server)
            throws ArchiverException {
        WalMap map = WalMap.read(member, complete);
        if (map.timelines().isEmpty()) {
            return Optional.empty();
        }
        Branches branches = Branches.of(map, complete);
        TimelineId timeline = server.map(ServerTimeline::timeline)
                .filter(map.timelines()::contains)
                .or(() -> complete.stream()
                        .max(Comparator.comparing(backup -> backup.facts().stopTime()))
                        .map(backup -> branches.tipFrom(backup.facts().timeline())))
                .orElseGet(map.timelines()::getLast);
        return Optional.of(new PresentLine(map, complete, branches, timeline));
    }

    /** Whether the line leads along this timeline, or begins on it. */
    public boolean isPart(TimelineId other) {
        return branches.descent(timeline).contains(other);
    }

    /** Whether a restore to the present from the newest backup reads this segment. */
    public boolean needs(WalFile.Segment segment) throws ArchiverException {
        if (!isPart(segment.timeline()) || !segment.fits(map.size())) {
            return false;
        }
        WalSegment place = segment.toWalSegment(map.size());
        boolean behindFork = map.unplaced(timeline).isEmpty()
                && map.history(timeline)
                        .switchPointOf(segment.timeline())
                        .filter(left -> !place.startLsn(map.size()).isBefore(left))
                        .isPresent();
        Optional<Lsn> from = beginning();
        boolean before = from.isPresent() && !place.endLsn(map.size()).isAfter(from.get());
        return !behindFork && !before;
    }

    /** The newest segment that is stored of it; empty if there is none. */
    public Optional<WalFile.Segment> newest() {
        return branches.descent(timeline).stream()
                .flatMap(each -> map.last(each).stream())
                .findFirst()
                .map(last -> last.file(map.size()));
    }

    /**
     * What is missing behind the newest backup, so that no restore comes to the present. Empty where there is no backup
     * yet: the first one is taken behind whatever is missing.
     */
    public Optional<Hole> hole() throws ArchiverException {
        Optional<WalLine.Reach> followed = follow();
        if (followed.isEmpty()) {
            return Optional.empty();
        }
        WalLine.Reach reach = followed.get();
        Optional<Backup> needing = newestBackup()
                .filter(backup -> reach.end().isBefore(backup.facts().stop()));
        if (reach.next().isEmpty() && needing.isEmpty()) {
            return Optional.empty();
        }
        WalSegment missing = reach.missing();
        long last = reach.next().map(next -> next.number() - 1).orElse(missing.number());
        return Optional.of(
                new Hole(missing.file(map.size()), new WalSegment(missing.timeline(), last).file(map.size())));
    }

    /**
     * The segment with which a timeline begins, where the vault has only an ancestor's of it. Until it is there, a
     * server that recovers would go on along the ancestor.
     */
    public Optional<WalFile.Segment> missingAtFork() throws ArchiverException {
        return follow().filter(reach -> reach.end().isAfter(reach.missing().startLsn(map.size())))
                .map(reach -> reach.missing().file(map.size()));
    }

    private Optional<WalLine.Reach> follow() throws ArchiverException {
        Optional<Lsn> from = beginning();
        return from.isEmpty()
                ? Optional.empty()
                : Optional.of(map.lineAsKnown(timeline).follow(from.get()));
    }

    /** Where the newest backup begins; where none is known to lead here, it led here from before the first segment. */
    private Optional<Lsn> beginning() throws ArchiverException {
        Optional<Backup> newest = newestBackup();
        if (newest.isPresent()) {
            return newest.map(backup -> backup.facts().start());
        }
        return backups.isEmpty() ? Optional.empty() : map.first(timeline).map(first -> first.startLsn(map.size()));
    }

    private Optional<Backup> newestBackup() throws ArchiverException {
        return branches.backupsOf(timeline).stream()
                .max(Comparator.comparing(backup -> backup.facts().stop()));
    }
}
