package dev.walvault.restore;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.Timestamps;
import dev.walvault.reach.RecoveryTarget;
import dev.walvault.reach.TimelineChoice;
import dev.walvault.reach.WalMap;
import dev.walvault.vault.Backup;
import dev.walvault.vault.BackupFacts;
import dev.walvault.vault.RestorePoint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which backups lead to a recovery target along a timeline, and which of them is the best to begin with. */
final class BackupChoice {
    private static final Comparator<Backup> BY_STOP =
            Comparator.comparing((Backup backup) -> backup.facts().stop()).thenComparing(Backup::id);

    private final RestoreRequest request;
    private final WalMap map;
    private final List<Backup> backups;
    private final List<String> warnings;

    /** @param warnings where to add what the operator should know of the choice */
    BackupChoice(RestoreRequest request, WalMap map, List<Backup> backups, List<String> warnings) {
        this.request = request;
        this.map = map;
        this.backups = backups;
        this.warnings = warnings;
    }

    /** The backups from which the server gets to the target, the newest first. */
    List<Backup> candidates(TimelineId timeline, Optional<RestorePoint> point) throws ArchiverException {
        boolean own = request.timeline() instanceof TimelineChoice.Current;
        var candidates = new ArrayList<Backup>();
        for (Backup backup : onLine(timeline)) {
            TimelineId along = own ? backup.facts().timeline() : timeline;
            if (obstacle(backup.facts(), along, point).isEmpty()) {
                candidates.add(backup);
            }
        }
        candidates.sort(BY_STOP.reversed());
        return candidates;
    }

    private List<Backup> onLine(TimelineId timeline) throws ArchiverException {
        boolean own = request.timeline() instanceof TimelineChoice.Current;
        var leading = new ArrayList<Backup>();
        for (Backup backup : backups) {
            if (own || map.strangeness(backup, timeline).isEmpty()) {
                leading.add(backup);
            }
        }
        return leading;
    }

    /**
     * The best one.
     *
     * @throws IntegrityException TARGET if there is none
     */
    Backup newest(TimelineId timeline, Optional<RestorePoint> point) throws ArchiverException {
        List<Backup> candidates = candidates(timeline, point);
        if (!candidates.isEmpty()) {
            if (request.target() instanceof RecoveryTarget.AtTime) {
                requireOnce(candidates, timeline);
            }
            return candidates.getFirst();
        }
        Optional<Backup> oldestOnLine = onLine(timeline).stream().min(BY_STOP);
        if (oldestOnLine.isEmpty()) {
            throw Fault.of(ErrorCode.TARGET, "no backup of the vault leads to timeline " + timeline)
                    .detail("backups are on timelines "
                            + RestorePlanner.list(backups.stream()
                                    .map(backup -> backup.facts().timeline())
                                    .distinct()
                                    .sorted()
                                    .toList()))
                    .hint("Choose another timeline with --timeline.")
                    .integrity();
        }
        BackupFacts oldest = oldestOnLine.get().facts();
        throw Fault.of(ErrorCode.TARGET, "no backup of the vault ended before " + request.target())
                .detail("The earliest place that can be reached on timeline " + timeline + " is the end of backup "
                        + oldest.id() + ": " + oldest.stop() + ", " + Timestamps.text(oldest.stopTime()) + ".")
                .hint("Choose a later target"
                        + (map.timelines().size() == 1 ? "." : ", or another branch with --timeline."))
                .integrity();
    }

    /**
     * Throws if the clock was set back between two backups that both seem to lead to the time: it may have come twice,
     * and the server stops where it meets a later one first.
     */
    private void requireOnce(List<Backup> candidates, TimelineId timeline) throws ArchiverException {
        Backup newest = candidates.getFirst();
        Optional<String> why = setBack(newest.facts(), timeline);
        if (why.isEmpty()) {
            return;
        }
        for (Backup earlier : candidates) {
            if (setBack(earlier.facts(), timeline).isEmpty()) {
                throw Fault.of(
                                ErrorCode.TARGET,
                                "the clock was set back, so " + request.target() + " may have come twice")
                        .detail(why.get())
                        .hint("Name the backup to begin with: --backup " + earlier.id()
                                + " for the first of the two, --backup " + newest.id()
                                + " for the second. A restore point or an LSN does not depend on the clock.")
                        .integrity();
            }
        }
        warnings.add(why.get());
    }

    /** Throws TARGET if recovery from this one does not lead to the target. */
    void require(Backup backup, TimelineId timeline, Optional<RestorePoint> point) throws ArchiverException {
        var why = new ArrayList<String>();
        map.strangeness(backup, timeline).ifPresent(why::add);
        obstacle(backup.facts(), timeline, point).ifPresent(why::add);
        if (!why.isEmpty()) {
            throw Fault.of(ErrorCode.TARGET, "backup " + backup.id() + " does not lead to " + request.target())
                    .detail(String.join("; ", why))
                    .hint("Leave out --backup, so that it is chosen for the target.")
                    .integrity();
        }
    }

    /** Why recovery from the backup along the timeline does not meet the target; empty if nothing is known. */
    private Optional<String> obstacle(BackupFacts facts, TimelineId along, Optional<RestorePoint> point)
            throws ArchiverException {
        if (point.isPresent() && !map.isPart(point.get(), along)) {
            return Optional.of("the restore point is at " + point.get().lsn() + " on timeline "
                    + point.get().timeline() + ", and no part of timeline " + along);
        }
        return lateness(facts, point);
    }

    /** Why a time that is later than the backup may have come before it as well; empty if nothing says so. */
    private Optional<String> setBack(BackupFacts facts, TimelineId along) throws ArchiverException {
        for (Backup other : backups) {
            BackupFacts before = other.facts();
            if (before.stop().isBefore(facts.stop())
                    && before.stopTime().isAfter(facts.stopTime())
                    && map.strangeness(other, along).isEmpty()) {
                return Optional.of("By the clock, backup " + facts.id() + " ended at "
                        + Timestamps.text(facts.stopTime()) + ", and backup " + before.id()
                        + ", which is before it in the WAL, at " + Timestamps.text(before.stopTime()) + ".");
            }
        }
        return Optional.empty();
    }

    /** Why the target is before the end of the backup; empty if it is not. */
    private Optional<String> lateness(BackupFacts facts, Optional<RestorePoint> point) {
        return switch (request.target()) {
            case RecoveryTarget.Latest _, RecoveryTarget.Immediate _ -> Optional.empty();
            case RecoveryTarget.AtLsn at -> late(facts.stop().isAfter(at.lsn()), "it ended at " + facts.stop());
            case RecoveryTarget.AtTime at ->
                late(facts.stopTime().isAfter(at.time()), "it ended at " + Timestamps.text(facts.stopTime()));
            case RecoveryTarget.AtXid at ->
                late(facts.snapshot().ended(at.xid()), "when it ended, " + at + " was over");
            case RecoveryTarget.AtName _ ->
                point.flatMap(at -> late(
                        !at.lsn().isAfter(facts.stop()),
                        "it ended at " + facts.stop() + ", the restore point is at " + at.lsn()));
        };
    }

    private static Optional<String> late(boolean late, String why) {
        return late ? Optional.of(why) : Optional.empty();
    }

    /** Whether a backup along the timeline was taken when the transaction was over. */
    boolean isKnownToEnd(RecoveryTarget.AtXid at, TimelineId timeline) throws ArchiverException {
        for (Backup backup : backups) {
            if (backup.facts().snapshot().ended(at.xid())
                    && map.strangeness(backup, timeline).isEmpty()) {
                return true;
            }
        }
        return false;
    }
}
