package dev.walvault.reach;

import dev.walvault.ArchiverException;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegment;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.Backup;
import dev.walvault.vault.BackupId;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.Written;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a vault can bring back.
 *
 * @param timelines those with WAL, in ascending order
 * @param backups the complete ones, oldest first
 * @param windows of each branch, oldest first: more than one when WAL is missing between two backups; what several
 *     branches have in common is there once
 * @param foreign keys of objects that lie among the WAL and are none of it; the first ones, if there are many
 */
public record RecoveryWindows(
        List<TimelineWal> timelines, List<BackupWal> backups, List<Window> windows, List<String> foreign) {

    /**
     * The WAL of one timeline, from the first segment to the last, without those of {@code gaps}.
     *
     * @param unfinished what is stored of the segment that follows, which no server has finished
     * @param unplaced why it is not known where the timeline came from, so that no older backup is known to lead to it
     */
    public record TimelineWal(
            TimelineId timeline,
            WalFile.Segment first,
            WalFile.Segment last,
            List<Gap> gaps,
            List<WalFile.Partial> unfinished,
            Optional<ArchiverException> unplaced) {
        public TimelineWal {
            gaps = List.copyOf(gaps);
            unfinished = List.copyOf(unfinished);
        }
    }

    /** Missing segments, both ends included. */
    public record Gap(WalFile.Segment first, WalFile.Segment last) {}

    /** A backup, with the first segment that is missing of those it needs to become consistent. */
    public record BackupWal(Backup backup, Optional<WalFile.Segment> missing) {
        public boolean usable() {
            return missing.isEmpty();
        }
    }

    /**
     * A stretch of which every place can be reached.
     *
     * @param oldest the backup that it begins with: its stop position and time are the earliest place
     * @param server whether the configured server is on this timeline
     * @param end of the WAL
     * @param endWritten when the last segment was written, by the clock of its host: no later time can be reached
     */
    public record Window(TimelineId timeline, boolean server, Backup oldest, Lsn end, Optional<Instant> endWritten) {
        public Lsn begin() {
            return oldest.facts().stop();
        }

        public Instant beginTime() {
            return oldest.facts().stopTime();
        }
    }

    public RecoveryWindows {
        timelines = List.copyOf(timelines);
        backups = List.copyOf(backups);
        windows = List.copyOf(windows);
        foreign = List.copyOf(foreign);
    }

    /**
     * Lists the store. A timeline whose history is missing, or closed to this host, counts as one without
     * ancestors.
     *
     * @param complete the backups to reckon with
     * @param server where the configured server is, if there is one on this host
     */
    public static RecoveryWindows of(MemberVault member, List<Backup> complete, Optional<ServerTimeline> server)
            throws ArchiverException {
        return of(member, complete, server, Set.of());
    }

    /**
     * The same, without windows of lines that cannot be followed.
     *
     * @param torn timelines of which several vaults hold different branches
     */
    public static RecoveryWindows of(
            MemberVault member, List<Backup> complete, Optional<ServerTimeline> server, Set<TimelineId> torn)
            throws ArchiverException {
        WalMap map = WalMap.read(member, complete);
        var timelines = new ArrayList<TimelineWal>();
        for (TimelineId timeline : map.timelines()) {
            WalCoverage stored = map.stored(timeline);
            if (!stored.isEmpty()) {
                timelines.add(timelineWal(map, stored));
            }
        }
        var backups = new ArrayList<BackupWal>();
        var usable = new ArrayList<Backup>();
        for (Backup backup : complete) {
            Optional<WalFile.Segment> missing = missing(map, backup);
            backups.add(new BackupWal(backup, missing));
            if (missing.isEmpty()) {
                usable.add(backup);
            }
        }
        usable.sort(Comparator.comparing(backup -> backup.facts().stop()));
        Optional<TimelineId> own = server.map(ServerTimeline::timeline);
        var windows = new LinkedHashMap<Stretch, Window>();
        Branches branches = Branches.of(map, complete);
        for (TimelineId line : lines(map, branches, own)) {
            if (map.lineage(line).stream().anyMatch(torn::contains)) {
                continue;
            }
            boolean servers = own.isPresent() && own.get().equals(line);
            for (Window window : windows(map, branches, usable, line, servers)) {
                windows.merge(Stretch.of(map, window), window, (first, next) -> next.server() ? next : first);
            }
        }
        return new RecoveryWindows(
                timelines,
                backups,
                List.copyOf(windows.values()),
                map.foreign().stream().map(ObjectKey::value).toList());
    }

    /** What branches have in common: the WAL from this backup up to this place of this timeline. */
    private record Stretch(BackupId oldest, TimelineId at, Lsn end) {
        static Stretch of(WalMap map, Window window) throws ArchiverException {
            boolean placed = map.unplaced(window.timeline()).isEmpty();
            TimelineId at = placed
                    ? map.history(window.timeline()).timelineOf(window.end().plus(-1))
                    : window.timeline();
            return new Stretch(window.oldest().id(), at, window.end());
        }
    }

    private static TimelineWal timelineWal(WalMap map, WalCoverage stored) throws ArchiverException {
        return new TimelineWal(
                stored.timeline(),
                file(map, stored, stored.runs().getFirst().first()),
                file(map, stored, stored.runs().getLast().last()),
                stored.gaps().stream()
                        .map(gap -> new Gap(file(map, stored, gap.first()), file(map, stored, gap.last())))
                        .toList(),
                map.unfinished(stored.timeline()),
                map.unplaced(stored.timeline()));
    }

    private static WalFile.Segment file(WalMap map, WalCoverage stored, long number) {
        return new WalSegment(stored.timeline(), number).file(map.size());
    }

    private static Optional<WalFile.Segment> missing(WalMap map, Backup backup) throws ArchiverException {
        WalLine.Reach reach =
                map.lineAsKnown(backup.facts().timeline()).follow(backup.facts().start());
        return reach.end().isBefore(backup.facts().stop())
                ? Optional.of(reach.missing().file(map.size()))
                : Optional.empty();
    }

    /** One for each branch, and the server's own if another one continues it. */
    private static Set<TimelineId> lines(WalMap map, Branches branches, Optional<TimelineId> server) {
        Set<TimelineId> lines = new TreeSet<>(branches.tips());
        lines.addAll(branches.unplaced().keySet());
        server.filter(map.timelines()::contains).ifPresent(lines::add);
        return lines;
    }

    /** Not the part of a fork's segment that only an ancestor has: no server ends there unless it is told to. */
    private static Lsn endOfWhole(WalMap map, WalLine.Reach reach) {
        Lsn missing = reach.missing().startLsn(map.size());
        return reach.end().isAfter(missing) ? missing : reach.end();
    }

    private static List<Window> windows(
            WalMap map, Branches branches, List<Backup> usable, TimelineId timeline, boolean server)
            throws ArchiverException {
        var windows = new ArrayList<Window>();
        WalLine line = map.lineAsKnown(timeline);
        Optional<Window> open = Optional.empty();
        for (Backup backup : usable) {
            if (!branches.leads(backup, timeline)) {
                continue;
            }
            boolean within = open.isPresent()
                    && !backup.facts().start().isAfter(open.get().end());
            if (!within) {
                open.ifPresent(windows::add);
                Lsn end = endOfWhole(map, line.follow(backup.facts().start()));
                open = Optional.of(new Window(
                        timeline,
                        server,
                        backup,
                        end,
                        map.written(timeline, end).map(Written::time)));
            }
        }
        open.ifPresent(windows::add);
        return windows;
    }
}
