package dev.walvault.reach;

import dev.walvault.ArchiverException;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineHistory;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.Timestamps;
import dev.walvault.pg.WalSegment;
import dev.walvault.vault.Backup;
import dev.walvault.vault.BackupFacts;
import dev.walvault.vault.Written;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The tree of timelines of one system.
 *
 * <p>A timeline that left its parent where the parent ended continues it: nothing is behind the fork that one could
 * miss. Any other timeline is contested: parent and child, or two children, went on from there in different ways.
 */
public final class Branches {
    private final WalMap map;
    private final List<Backup> backups;
    private final NavigableMap<TimelineId, Fork> forks = new TreeMap<>();
    private final NavigableMap<TimelineId, ArchiverException> unplaced = new TreeMap<>();

    /**
     * Where a timeline left its parent.
     *
     * @param parentWentOn whether the parent has WAL behind that place
     */
    record Fork(TimelineId parent, Lsn at, boolean parentWentOn) {}

    private Branches(WalMap map, List<Backup> backups) {
        this.map = map;
        this.backups = backups;
    }

    /** Reads the history of every timeline. */
    public static Branches of(WalMap map, List<Backup> backups) throws ArchiverException {
        var branches = new Branches(map, backups);
        for (TimelineId timeline : map.timelines()) {
            branches.place(timeline);
        }
        return branches;
    }

    private void place(TimelineId timeline) throws ArchiverException {
        if (timeline.isFirst()) {
            return;
        }
        Optional<ArchiverException> reason = map.unplaced(timeline);
        if (reason.isPresent()) {
            unplaced.put(timeline, reason.get());
            return;
        }
        TimelineHistory history = map.history(timeline);
        Lsn at = history.entries().getLast().switchPoint();
        // a server that was recovered along a timeline to a place before it began is a child of that one's ancestor
        TimelineId parent = at.isZero() ? history.entries().getFirst().timeline() : history.timelineOf(at.plus(-1));
        boolean parentWentOn = map.hasWalBehind(parent, at) || map.hasTailBehind(parent, at);
        forks.put(timeline, new Fork(parent, at, parentWentOn));
    }

    /** Those whose history is missing or cannot be read, and why: nobody knows where they came from. */
    public Map<TimelineId, ArchiverException> unplaced() {
        return unplaced;
    }

    /** The same in words, with the first object that is there of the timeline all the same. */
    public String whyUnplaced(TimelineId timeline) throws ArchiverException {
        String why = String.valueOf(
                Objects.requireNonNull(unplaced.get(timeline), "it is placed").getMessage());
        Optional<WalSegment> first = map.first(timeline);
        if (first.isEmpty()) {
            return why;
        }
        return why + "; \"" + map.keyOf(first.get()) + "\" is there"
                + map.unusable(first.get())
                        .map(reason -> ", and cannot be used: " + reason.getMessage())
                        .orElse("");
    }

    Optional<Fork> fork(TimelineId timeline) {
        return Optional.ofNullable(forks.get(timeline));
    }

    /** The ends of the tree, in ascending order: the timelines that no other one continues. */
    public List<TimelineId> tips() {
        var tips = new ArrayList<>(map.timelines());
        tips.removeAll(unplaced.keySet());
        forks.forEach((child, fork) -> {
            if (!isContested(child)) {
                tips.remove(fork.parent());
            }
        });
        return tips;
    }

    /** Where one comes to who follows whatever merely continues this timeline. */
    TimelineId tipFrom(TimelineId timeline) {
        TimelineId tip = timeline;
        Optional<TimelineId> next = Optional.of(timeline);
        while (next.isPresent()) {
            tip = next.get();
            next = continuation(tip);
        }
        return tip;
    }

    private Optional<TimelineId> continuation(TimelineId parent) {
        return forks.entrySet().stream()
                .filter(each -> each.getValue().parent().equals(parent) && !isContested(each.getKey()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** The timeline, its parent, and so on to the oldest. */
    public List<TimelineId> descent(TimelineId timeline) {
        var descent = new ArrayList<TimelineId>();
        Optional<TimelineId> next = Optional.of(timeline);
        while (next.isPresent()) {
            descent.add(next.get());
            next = fork(next.get()).map(Fork::parent);
        }
        return descent;
    }

    /** Whether anything but this timeline goes on from the place where it left its parent. */
    boolean isContested(TimelineId timeline) {
        Fork fork = forks.get(timeline);
        return fork != null
                && (fork.parentWentOn()
                        || hasBackupBehind(fork)
                        || forks.entrySet().stream().anyMatch(other -> isRival(timeline, fork, other)));
    }

    private boolean hasBackupBehind(Fork fork) {
        return backups.stream()
                .map(Backup::facts)
                .anyMatch(facts ->
                        facts.timeline().equals(fork.parent()) && facts.stop().isAfter(fork.at()));
    }

    private static boolean isRival(TimelineId timeline, Fork fork, Map.Entry<TimelineId, Fork> other) {
        return !other.getKey().equals(timeline)
                && other.getValue().parent().equals(fork.parent())
                && !other.getValue().at().isBefore(fork.at());
    }

    /**
     * The first timeline of the line to {@code tip} that is no part of the line to {@code other}, if it is contested.
     */
    public Optional<TimelineId> branchedOff(TimelineId tip, TimelineId other) {
        var shared = new HashSet<>(descent(other));
        return descent(tip).reversed().stream()
                .filter(timeline -> !shared.contains(timeline) && isContested(timeline))
                .findFirst();
    }

    /** The contested timelines of the line to {@code tip}. */
    public List<TimelineId> contested(TimelineId tip) {
        return descent(tip).stream().filter(this::isContested).toList();
    }

    /** Whether recovery can go from the backup along the line to {@code tip}. */
    public boolean leads(Backup backup, TimelineId tip) throws ArchiverException {
        return unplaced.containsKey(tip)
                ? backup.facts().timeline().equals(tip)
                : map.strangeness(backup, tip).isEmpty();
    }

    /** Whether there is WAL of the timeline itself, or a backup that was taken on it. */
    public boolean hasContent(TimelineId timeline) {
        return !map.stored(timeline).isEmpty()
                || backups.stream().anyMatch(backup -> backup.facts().timeline().equals(timeline));
    }

    /** The backups that lead to {@code tip}. */
    public List<Backup> backupsOf(TimelineId tip) throws ArchiverException {
        var leading = new ArrayList<Backup>();
        for (Backup backup : backups) {
            if (leads(backup, tip)) {
                leading.add(backup);
            }
        }
        return leading;
    }

    /** When the timeline was there for the first time, as far as the vault tells; it may have been there earlier. */
    public Optional<Written> birth(TimelineId timeline) throws ArchiverException {
        Optional<Written> firstBackup = backups.stream()
                .filter(backup -> backup.facts().timeline().equals(timeline))
                .map(backup -> new Written(backup.facts().startTime(), Optional.of(backup.host())))
                .min(Comparator.comparing(Written::time));
        return Stream.concat(map.birth(timeline).stream(), firstBackup.stream())
                .min(Comparator.comparing(Written::time));
    }

    /** A line to one of the tips, as an operator knows it again. */
    public String describe(TimelineId tip) throws ArchiverException {
        var text = new StringBuilder("timeline ").append(tip);
        if (forks.containsKey(tip)) {
            Fork fork = forks.get(tip);
            text.append(", which left timeline ")
                    .append(fork.parent())
                    .append(" at ")
                    .append(fork.at());
        }
        Optional<Written> birth = birth(tip);
        Optional<Written> last = map.lastWritten(tip);
        birth.ifPresent(first -> text.append(", written from ").append(Timestamps.text(first.time())));
        last.ifPresentOrElse(
                written -> text.append(" to ")
                        .append(Timestamps.text(written.time()))
                        .append(written.host()
                                .map(host -> " by host \"" + host + "\"")
                                .orElse("")),
                () -> text.append(", without WAL of its own"));
        text.append(backups.stream()
                .map(Backup::facts)
                .filter(facts -> facts.timeline().equals(tip))
                .max(Comparator.comparing(BackupFacts::stopTime))
                .map(facts -> ", newest backup " + facts.id())
                .orElse(", no backup"));
        return text.toString();
    }
}
