package dev.walvault.archive;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.KeyException;
import dev.walvault.Retry;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.ControlFileData;
import dev.walvault.pg.DataDirectory;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineHistory;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegment;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.vault.Backup;
import dev.walvault.vault.BackupId;
import dev.walvault.vault.IndexedWal;
import dev.walvault.vault.MemberVault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Whether a file that a vault has not got may be called absent. PostgreSQL takes absence for the end of the WAL, so it
 * is one only if nothing later of the line is stored; otherwise there is a hole.
 *
 * <p>For each segment the server asks along its line of descent, from the newest timeline to the oldest. So a timeline
 * may begin behind the segment, which is no hole. A later file of the same timeline is one, and so is a branch that was
 * begun behind the segment: its history says that the timeline had WAL up to there. A backup that ended behind it says
 * the same, and so do a later segment that was read for the index of restore points, and the parent's segment of a
 * timeline that begins in it: see {@link ForkGuard}. What cannot be read may say so, too.
 */
final class AbsenceProof {
    private final MemberVault member;

    private final Path destination;

    /** Where the server keeps the histories of the timelines that it recovers along, and nobody those of others. */
    private final Path atHand;

    /** @param destination {@code %p}, or another file of the same directory */
    AbsenceProof(MemberVault member, Path destination) {
        this.member = member;
        this.destination = destination;
        this.atHand = destination.resolveSibling("");
    }

    /**
     * Throws unless the file, which was not found, may be called absent.
     *
     * @throws IntegrityException (GAP) if there is a hole: what is missing may still come, so it is worth trying again
     */
    void requireNothingLater(WalFile file) throws ArchiverException {
        switch (file) {
            case WalFile.Segment segment -> requireEnd(segment);
            case WalFile.TimelineHistoryFile history -> requireNewest(history.timeline());
            case WalFile.Partial _, WalFile.BackupHistoryFile _ -> {
                // no server recovers by them
            }
        }
    }

    private void requireEnd(WalFile.Segment file) throws ArchiverException {
        WalSegmentSize size = member.requireIdentity().segmentSize();
        if (!file.fits(size)) {
            throw hole(file, "no segment of " + size + " has that number, and those of this system have that size");
        }
        WalSegment segment = file.toWalSegment(size);
        if (beginsBehind(segment, size)) {
            return;
        }
        Optional<TimelineHistory> own = history(file.timeline());
        Optional<Lsn> begin = own.flatMap(TimelineHistory::begin);
        if (begin.isPresent()
                && begin.get().isAfter(segment.startLsn(size))
                && !new WalDirectory(atHand).reaches(begin.get(), file)) {
            requireNoneOfAncestors(file, own.get(), segment.startLsn(size));
        }
        boolean leftBefore = false;
        Optional<IntegrityException> unread = Optional.empty();
        for (TimelineId branch : member.wal().histories()) {
            if (branch.compareTo(file.timeline()) <= 0) {
                continue;
            }
            Optional<Lsn> left;
            try {
                left = member.wal().history(branch).switchPointOf(file.timeline());
            } catch (IntegrityException | KeyException e) {
                unread = Optional.of(mayReachFurther(
                        file, "\"" + new WalFile.TimelineHistoryFile(branch).name() + "\" cannot be read", e));
                continue;
            }
            if (left.isEmpty()) {
                continue;
            }
            if (segment.endLsn(size).compareTo(left.get()) <= 0) {
                throw hole(file, "timeline " + branch + " was branched off behind it, at " + left.get());
            }
            leftBefore |= recoversAlong(branch);
        }
        // what an abandoned timeline has behind the fork is not on the way
        if (!leftBefore) {
            if (unread.isPresent()) {
                throw unread.get();
            }
            requireNothingBehind(file, segment, size);
        }
    }

    private void requireNothingBehind(WalFile.Segment file, WalSegment segment, WalSegmentSize size)
            throws ArchiverException {
        Optional<WalFile> later = member.wal().firstBehind(file);
        if (later.isPresent()) {
            String there = member.wal().locationOf(later.get());
            throw hole(file, "\"" + there + "\" is there, which is later on the same timeline");
        }
        Optional<IndexedWal.Run> read = member.indexedWal().reaching(file, size);
        if (read.isPresent()) {
            throw hole(
                    file,
                    "the vault has had \"" + read.get().last().name()
                            + "\", which is not before it: it was read for the index of restore points");
        }
        Optional<Backup> backup = newestBackup(file, segment, size);
        if (backup.isPresent() && backup.get().facts().stop().isAfter(segment.startLsn(size))) {
            throw hole(
                    file,
                    "backup " + backup.get().id() + " ended later on the same timeline, at "
                            + backup.get().facts().stop());
        }
    }

    /**
     * Whether the vault has what is before a file with which recovery would end, or the server itself has written that.
     * It need not for what is no segment, what is the first of all, and what a person asks for.
     */
    boolean hasPredecessor(WalFile file) throws ArchiverException {
        WalSegmentSize size = member.requireIdentity().segmentSize();
        if (!Handover.isForRecovery(destination) || !(file instanceof WalFile.Segment asked) || !asked.fits(size)) {
            return true;
        }
        WalSegment segment = asked.toWalSegment(size);
        if (segment.number() == 0 || beginsBehind(segment, size) || isAtHand(asked, size)) {
            return true;
        }
        for (TimelineId timeline : member.wal().timelines()) {
            WalFile.Segment before = new WalSegment(timeline, segment.number() - 1).file(size);
            if (isOfServer(before)
                    || member.wal().written(before).isPresent()
                    || !member.wal().partials(before).isEmpty()) {
                return true;
            }
        }
        return isOfServer(new WalSegment(asked.timeline(), segment.number() - 1).file(size));
    }

    /** Whether the server has it and takes that where an archive has none, as of a base backup with its WAL. */
    private boolean isAtHand(WalFile.Segment segment, WalSegmentSize size) {
        WalSegment asked = segment.toWalSegment(size);
        return new WalDirectory(atHand)
                .isFollowed(new WalSegment(asked.timeline(), asked.number() - 1).file(size), size);
    }

    /** Whether the server has a segment that it did not get from an archive: it marks those that it did. */
    private boolean isOfServer(WalFile.Segment segment) {
        return Files.exists(atHand.resolve(segment.name()))
                && !Files.exists(atHand.resolve("archive_status").resolve(segment.name() + ".done"));
    }

    private boolean beginsBehind(WalSegment segment, WalSegmentSize size) throws ArchiverException {
        return history(segment.timeline())
                .flatMap(TimelineHistory::begin)
                .map(begin -> begin.compareTo(segment.endLsn(size)) >= 0)
                .orElse(false);
    }

    /**
     * What they have in common of the segment is part of the line; the server would end its recovery before it, unless
     * it has the timeline's own, as of a crash or put there as a tail: it takes that before it asks for an ancestor's.
     */
    private void requireNoneOfAncestors(WalFile.Segment file, TimelineHistory own, Lsn start) throws ArchiverException {
        for (TimelineHistory.Entry ancestor : own.entries().reversed()) {
            if (!ancestor.switchPoint().isAfter(start)) {
                return;
            }
            var ancestors = new WalFile.Segment(ancestor.timeline(), file.logId(), file.segmentInLog());
            if (member.wal().written(ancestors).isPresent()) {
                throw hole(
                        file,
                        "timeline " + file.timeline() + " begins in it, and left timeline " + ancestor.timeline()
                                + " at " + ancestor.switchPoint() + "; \"" + ancestors.name()
                                + "\" is there, but may go on along that");
            }
        }
    }

    /**
     * The newest one that was taken on the file's timeline; throws if one that cannot be read may have ended behind it.
     */
    private Optional<Backup> newestBackup(WalFile.Segment file, WalSegment segment, WalSegmentSize size)
            throws ArchiverException {
        for (BackupId id : member.backups().ids().reversed()) {
            Optional<Backup> backup;
            try {
                backup = member.backups().find(id);
            } catch (IntegrityException e) {
                if (mayHaveEndedBehind(id, segment, size)) {
                    throw mayReachFurther(file, "backup " + id + " cannot be read", e);
                }
                continue;
            }
            if (backup.filter(each -> each.facts().timeline().equals(file.timeline()))
                    .isPresent()) {
                return backup;
            }
        }
        return Optional.empty();
    }

    private boolean mayHaveEndedBehind(BackupId unreadable, WalSegment segment, WalSegmentSize size)
            throws ArchiverException {
        return segment.number() == 0
                || member.mayHaveEndedBehind(
                        unreadable, new WalSegment(segment.timeline(), segment.number() - 1).file(size));
    }

    /** What cannot be read may tell of WAL behind the file. */
    private IntegrityException mayReachFurther(WalFile file, String what, ArchiverException reason) {
        return gap(
                "\"" + file.name() + "\" is missing in \"" + member.vault().location()
                        + "\", and this is not known to be the end of the WAL",
                what + ", and may tell of later WAL: " + reason.sentence());
    }

    /** One that cannot be read proves nothing; a server that needs it asks for it, and is told why. */
    private Optional<TimelineHistory> history(TimelineId timeline) throws ArchiverException {
        try {
            return Optional.of(member.wal().history(timeline));
        } catch (IntegrityException | KeyException _) {
            return Optional.empty();
        }
    }

    private boolean recoversAlong(TimelineId branch) {
        return Files.exists(atHand.resolve(new WalFile.TimelineHistoryFile(branch).name()));
    }

    /**
     * A server looks for the newest timeline by asking for one history after the other until one is absent. It also
     * asks for those that it has passed, or goes past, to have them; these are missing where archiving was begun later.
     */
    private void requireNewest(TimelineId asked) throws ArchiverException {
        Optional<TimelineId> reached = DataDirectory.of(atHand.resolve("x"), atHand)
                .controlFile()
                .flatMap(ControlFile::data)
                .map(ControlFileData::newestTimeline);
        if (reached.isPresent() && asked.compareTo(reached.get()) <= 0) {
            return;
        }
        List<TimelineId> later = member.wal().histories().stream()
                .filter(timeline -> timeline.compareTo(asked) > 0)
                .toList();
        if (later.stream().anyMatch(this::recoversAlong)) {
            return;
        }
        var file = new WalFile.TimelineHistoryFile(asked);
        if (!later.isEmpty()) {
            String there = member.wal().locationOf(new WalFile.TimelineHistoryFile(later.getFirst()));
            throw hole(file, "the history of timeline " + later.getFirst() + " is there: \"" + there + "\"");
        }
        Optional<WalFile> wal = member.wal().any(asked);
        if (wal.isPresent()) {
            String there = member.wal().locationOf(wal.get());
            throw hole(file, "WAL of timeline " + asked + " is there: \"" + there + "\"");
        }
    }

    private IntegrityException hole(WalFile file, String later) {
        return gap(
                "\"" + file.name() + "\" is missing in \"" + member.vault().location()
                        + "\", and this is not the end of the WAL",
                later);
    }

    /** For a file of which no vault {@link #hasPredecessor}. */
    static IntegrityException withoutPredecessor(WalFile file) {
        return gap(
                "\"" + file.name() + "\" is missing, and this is not known to be the end of the WAL",
                "the segment before it is missing, too; has the vault lost its WAL?");
    }

    private static IntegrityException gap(String what, String detail) {
        return Fault.of(ErrorCode.GAP, what)
                .detail(detail)
                .hint(
                        "Archive it again from a server or a vault that has it. If no server wrote what is there, remove that"
                                + " object. If the file is lost: restore to a target before it; or, to end recovery there, start the server once with"
                                + " WALVAULT_ARCHIVE_GET_RECOVERY_DOUBT=absent in its environment.")
                .retry(Retry.YES)
                .integrity();
    }
}
