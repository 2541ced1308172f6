package dev.walvault.restore;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.json.JsonText;
import dev.walvault.pg.TimelineId;
import dev.walvault.reach.RecoveryOutlook;
import dev.walvault.reach.RecoveryTarget;
import dev.walvault.reach.TimelineChoice;
import dev.walvault.reach.WalEnd;
import dev.walvault.vault.Backup;
import dev.walvault.vault.BackupId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What will be restored.
 *
 * @param timeline along which the server recovers; the backup is on it or on one of its ancestors
 * @param choice what the operator had said about it
 * @param wal the end of the WAL that the vault has from the backup's start on
 * @param outlook what recovery will do with it
 * @param tail the unfinished segment that is put behind it; empty to end where that begins
 * @param nextBest the backup to take where this one proves to be damaged; empty if no other one leads to the target
 * @param warnings for the operator, in sentences, once it is certain that something is restored
 */
public record RestorePlan(
        Backup backup,
        TimelineId timeline,
        TimelineChoice choice,
        RecoveryTarget target,
        WalEnd wal,
        RecoveryOutlook outlook,
        Optional<WalTail> tail,
        Optional<BackupId> nextBest,
        List<String> warnings) {

    /** To the end of the finished segments, with no other backup at hand; nobody has looked ahead. */
    public RestorePlan(
            Backup backup,
            TimelineId timeline,
            TimelineChoice choice,
            RecoveryTarget target,
            WalEnd wal,
            List<String> warnings) {
        this(backup, timeline, choice, target, wal, RecoveryOutlook.NONE, Optional.empty(), Optional.empty(), warnings);
    }

    public RestorePlan {
        warnings = List.copyOf(warnings);
    }

    /** Puts the members that results have. */
    public void describe(JsonText json) {
        json.put("backup", backup.id().toString())
                .put("target", target.toString())
                .put("timeline", Integer.toUnsignedLong(timeline.value()))
                .putObjects(
                        "createdTablespaces",
                        outlook.created().stream()
                                .<Consumer<JsonText>>map(each -> created -> created.put("oid", each.oid())
                                        .put(
                                                "path",
                                                Optional.of(each.location()).filter(path -> !path.isEmpty()))
                                        .put("lsn", each.lsn().toString()))
                                .toList())
                .putObjects(
                        "unknownWal",
                        outlook.unknown().stream()
                                .<Consumer<JsonText>>map(each -> stretch -> stretch.put(
                                                "begin", each.begin().toString())
                                        .put("end", each.end().toString()))
                                .toList())
                .put("tail", tail.map(each -> each.file().name()))
                .put("tailEnd", tail.map(each -> each.end().toString()));
    }

    /** The same, with more to tell. */
    public RestorePlan warning(List<String> more) {
        var all = new ArrayList<>(warnings);
        all.addAll(more);
        return new RestorePlan(backup, timeline, choice, target, wal, outlook, tail, nextBest, all);
    }

    /**
     * The same, with this tail.
     *
     * @throws IntegrityException TARGET if it ends before the target, too
     */
    public RestorePlan with(WalTail behind) throws IntegrityException {
        if (target instanceof RecoveryTarget.AtLsn at && !behind.end().isAfter(at.lsn())) {
            throw Fault.of(ErrorCode.TARGET, "the WAL in the vault ends before " + target)
                    .detail("The unfinished segment \"" + behind.file().name() + "\" goes on to " + behind.end() + ".")
                    .hint("Restore with --with-tail and without a target to get all there is.")
                    .integrity();
        }
        return new RestorePlan(
                backup,
                timeline,
                choice,
                target,
                wal,
                outlook.goingOn(wal.upTo(), behind.end()),
                Optional.of(behind),
                nextBest,
                warnings);
    }
}
