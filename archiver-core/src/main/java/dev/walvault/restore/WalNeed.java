package dev.walvault.restore;

import dev.walvault.ArchiverException;
import dev.walvault.IntegrityException;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegment;
import dev.walvault.reach.Clocks;
import dev.walvault.reach.FactsAhead;
import dev.walvault.reach.RecoveryOutlook;
import dev.walvault.reach.RecoveryTarget;
import dev.walvault.reach.WalEnd;
import dev.walvault.reach.WalLine;
import dev.walvault.reach.WalMap;
import dev.walvault.vault.Backup;
import dev.walvault.vault.BackupFacts;
import dev.walvault.vault.BackupId;
import dev.walvault.vault.BackupList;
import dev.walvault.vault.IndexedWal;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.RestorePoint;
import dev.walvault.vault.RestorePointList;
import dev.walvault.vault.Written;
import dev.walvault.vaults.MemberVaults;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Whether the WAL is there that a restore needs, as far as that can be known before it is replayed. */
final class WalNeed {
    /** A record that creates a tablespace is shorter, however long its path is. */
    private static final int LONGEST_CREATION = 2048;

    private final RestoreRequest request;
    private final WalMap map;
    private final MemberVaults vaults;
    private final MemberVault member;
    private final List<Backup> backups;
    private final List<BackupList.Unreadable> unusable;
    private final WalRefusals refusals;
    private final FactsAhead facts;
    private final List<String> warnings;

    /**
     * The WAL that a restore uses.
     *
     * @param outlook what recovery will do with it
     */
    record Way(WalEnd end, RecoveryOutlook outlook) {}

    /**
     * @param listed all backups
     * @param facts what the records of its segments say
     * @param warnings where to add what the operator should know of the WAL
     */
    WalNeed(
            RestoreRequest request,
            WalMap map,
            MemberVaults vaults,
            BackupList listed,
            FactsAhead facts,
            List<String> warnings) {
        this.refusals = new WalRefusals(request, map);
        this.facts = facts;
        this.request = request;
        this.map = map;
        this.vaults = vaults;
        this.member = vaults.together();
        this.backups = listed.complete();
        this.unusable = listed.unreadable();
        this.warnings = warnings;
    }

    /**
     * Throws unless the WAL is there as far as it is known to be needed; returns how far it goes, and what it leads to.
     */
    Way require(Backup backup, TimelineId timeline, Optional<RestorePoint> point) throws ArchiverException {
        WalLine.Reach reach = map.line(timeline).follow(backup.facts().start());
        Lsn stop = backup.facts().stop();
        if (reach.end().isBefore(stop)) {
            throw refusals.missing(
                            reach,
                            "Backup " + backup.id() + " needs the WAL up to " + stop + "; without a gap it goes up to "
                                    + reach.end() + ".")
                    .integrity();
        }
        Optional<Instant> written = map.written(timeline, reach.end()).map(Written::time);
        Optional<String> later = laterThan(reach, timeline);
        if (endsBefore(point, reach.end()) && !endsInTail(reach)) {
            // of a restore point it is known that there was WAL
            if (point.isEmpty() && later.isEmpty() && !endsInFork(reach)) {
                throw refusals.tooLate(reach, written, Optional.empty());
            }
            throw refusals.missing(
                            reach,
                            "From backup " + backup.id() + " on, the WAL goes up to " + reach.end()
                                    + " without a gap; " + request.target()
                                    + point.map(at -> " is at " + at.lsn()).orElse(" is not before that") + ".")
                    .integrity();
        }
        boolean beyond = request.target() instanceof RecoveryTarget.AtTime at
                && written.isPresent()
                && at.time().isAfter(written.get().plus(Clocks.MARGIN))
                && !hadThatTime(at.time(), timeline)
                && !endsInTail(reach);
        boolean toTheEnd = request.target() instanceof RecoveryTarget.Latest;
        boolean pastFork = mayPassFork(reach, point);
        if (pastFork && !request.acceptGap()) {
            throw refusals.passesFork(reach, timeline);
        }
        if (later.isPresent() && (beyond || toTheEnd) && !request.acceptGap()) {
            requireUsable(reach);
            throw refusals.hole(reach, later.get(), written);
        }
        if (toTheEnd) {
            warnOfUnusable(map.lastBefore(timeline, reach.end()));
            warnOfPointsBehind(reach.end(), timeline);
        }
        boolean missing = later.isPresent() || pastFork;
        boolean endsAtHole = missing && request.acceptGap();
        // what an ancestor has of the segment is not served either then
        Lsn end = endsAtHole && endsInFork(reach) ? reach.missing().startLsn(map.size()) : reach.end();
        if (missing && !(request.target() instanceof RecoveryTarget.Immediate)) {
            warnings.add("WAL segment \"" + reach.missing().fileName(map.size())
                    + "\" is missing from the vault; recovery " + (endsAtHole ? "ends" : "cannot go past it")
                    + " at "
                    + end + later.map(text -> ", though " + text).orElse(""));
        }
        RecoveryOutlook outlook = RecoveryOutlook.of(
                request.target(), backup.facts(), map.line(timeline), end, placeOfTarget(backup, point), facts);
        requireTime(outlook, reach, written, later, beyond);
        return new Way(new WalEnd(end, written, endsAtHole ? names(reach.missing(), timeline) : List.of()), outlook);
    }

    /** Behind which nothing is replayed; empty where only the WAL itself tells. */
    private Optional<Lsn> placeOfTarget(Backup backup, Optional<RestorePoint> point) {
        return switch (request.target()) {
            case RecoveryTarget.Immediate _ -> Optional.of(backup.facts().stop());
            case RecoveryTarget.AtLsn at ->
                Optional.of(at.lsn().plus(LONGEST_CREATION)).filter(at.lsn()::isBefore);
            case RecoveryTarget.AtName _ -> point.map(RestorePoint::lsn);
            case RecoveryTarget.Latest _, RecoveryTarget.AtTime _, RecoveryTarget.AtXid _ -> Optional.empty();
        };
    }

    /** Throws where the server would not come to the target time. */
    private void requireTime(
            RecoveryOutlook outlook,
            WalLine.Reach reach,
            Optional<Instant> written,
            Optional<String> later,
            boolean beyond)
            throws ArchiverException {
        boolean never = request.target() instanceof RecoveryTarget.AtTime
                && outlook.ending() == RecoveryOutlook.Ending.END_OF_WAL
                && !endsInTail(reach);
        if (never && later.isPresent() && !request.acceptGap()) {
            requireUsable(reach);
            throw refusals.hole(reach, later.get(), written);
        }
        if (never) {
            throw refusals.nothingBehind(reach, written, outlook.nearest());
        }
        if (beyond && !(later.isPresent() && request.acceptGap())) {
            throw refusals.tooLate(reach, written, outlook.nearest());
        }
    }

    private boolean endsBefore(Optional<RestorePoint> point, Lsn end) {
        if (request.target() instanceof RecoveryTarget.AtLsn at) {
            // the server stops at a record that begins there, so there must be one
            return !end.isAfter(at.lsn());
        }
        return point.isPresent() && end.isBefore(point.get().lsn());
    }

    /**
     * A restore point is recorded before its WAL is archived, so one behind the WAL is no sign of a hole, but of a
     * loss.
     */
    private void warnOfPointsBehind(Lsn end, TimelineId timeline) throws ArchiverException {
        RestorePointList behind = member.restorePoints().behind(end);
        for (ArchiverException reason : behind.unreadable()) {
            warnings.add("a restore point is left out of account: " + RestorePlanner.because(reason));
        }
        for (RestorePoint point : behind.points()) {
            if (map.isPart(point, timeline)) {
                warnings.add("restore point \"" + point.name() + "\" is behind the WAL that the vault has, at "
                        + point.lsn() + ": what the server wrote up to it is lost, unless its pg_wal directory"
                        + " still has it (\"walvault salvage\" archives that)");
            }
        }
    }

    /**
     * A server that recovers all there is asks for the last segment for certain; the others are too many to look at.
     */
    private void warnOfUnusable(WalSegment last) throws ArchiverException {
        unusable(last)
                .ifPresent(reason -> warnings.add("recovery stops before WAL segment \""
                        + last.fileName(map.size()) + "\", which cannot be used: " + RestorePlanner.because(reason)
                        + "; archive it again, or remove the object if no server wrote it"));
    }

    /** Why no vault has the segment as it should be; empty if one has it, as far as this host can tell. */
    private Optional<ArchiverException> unusable(WalSegment segment) throws ArchiverException {
        Optional<ArchiverException> reason = map.unusable(segment);
        for (MemberVault vault : reason.isEmpty() ? List.<MemberVault>of() : vaults.each()) {
            if (vault.wal().hasSound(segment.file(map.size()))) {
                return Optional.empty();
            }
        }
        return reason;
    }

    /** Throws if what lies behind the missing segment is no WAL: nothing need be missing then. */
    private void requireUsable(WalLine.Reach reach) throws ArchiverException {
        if (reach.next().isEmpty()) {
            return;
        }
        WalSegment next = reach.next().get();
        Optional<ArchiverException> reason = unusable(next);
        if (reason.isPresent()) {
            throw refusals.missing(
                            reach,
                            "A later segment is there, but it cannot be used: " + RestorePlanner.because(reason.get()))
                    .hint("If no server wrote the object \"" + map.keyOf(next)
                            + "\", remove it: the WAL then ends at "
                            + reach.end()
                            + ". If one did, archive the missing WAL from its pg_wal directory. To restore"
                            + " what is before that and no more, say --accept-gap.")
                    .integrity();
        }
    }

    /** What the vault has of the line that is later than what can be reached; empty if nothing is known. */
    private Optional<String> laterThan(WalLine.Reach reach, TimelineId timeline) throws ArchiverException {
        if (reach.next().isPresent()) {
            return Optional.of("segment \"" + reach.next().get().fileName(map.size()) + "\" is there, which is later");
        }
        if (reach.written().isPresent()) {
            return Optional.of("segment \"" + reach.written().get().fileName(map.size())
                    + "\" was written, as what is stored behind it shows");
        }
        for (Backup backup : backups) {
            BackupFacts facts = backup.facts();
            if (facts.stop().isAfter(reach.end())
                    && map.strangeness(backup, timeline).isEmpty()) {
                return Optional.of("backup " + facts.id() + " ended later, at " + facts.stop());
            }
        }
        Optional<IndexedWal.Run> read =
                member.indexedWal().reaching(reach.missing().file(map.size()), map.size());
        if (read.isPresent()) {
            return Optional.of("segment \"" + read.get().last().name()
                    + "\" was there when it was read for the index of restore points");
        }
        return unusableBehind(reach, timeline);
    }

    /** What archive-get would find at the end in the newest backups, of which this host has listed none as usable. */
    private Optional<String> unusableBehind(WalLine.Reach reach, TimelineId timeline) throws ArchiverException {
        Optional<BackupId> newest = backups.stream()
                .filter(backup -> backup.facts().timeline().equals(timeline))
                .map(Backup::id)
                .max(Comparator.naturalOrder());
        WalFile.Segment last = map.lastBefore(timeline, reach.end()).file(map.size());
        for (BackupList.Unreadable each : unusable) {
            boolean newer = newest.isEmpty() || each.id().compareTo(newest.get()) > 0;
            if (newer && mayHaveEndedBehind(each.id(), reach.end(), timeline, last)) {
                return Optional.of("backup " + each.id() + ", which cannot be used, may have ended later");
            }
        }
        return Optional.empty();
    }

    private boolean mayHaveEndedBehind(BackupId id, Lsn end, TimelineId timeline, WalFile.Segment last)
            throws ArchiverException {
        try {
            Optional<Backup> stored = member.backups().find(id);
            return stored.isPresent()
                    && stored.get().facts().stop().isAfter(end)
                    && map.strangeness(stored.get(), timeline).isEmpty();
        } catch (IntegrityException _) {
            return member.mayHaveEndedBehind(id, last);
        } catch (ArchiverException e) {
            if (!e.isOfOneObject()) {
                throw e;
            }
            return false;
        }
    }

    /** Whether a backup of the line was taken at that time or later, though the clock may have been set back since. */
    private boolean hadThatTime(Instant time, TimelineId timeline) throws ArchiverException {
        for (Backup backup : backups) {
            if (!backup.facts().stopTime().isBefore(time)
                    && map.strangeness(backup, timeline).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** Whether only an ancestor has the segment in which the timeline was begun. */
    private boolean endsInFork(WalLine.Reach reach) {
        return reach.end().isAfter(reach.missing().startLsn(map.size()));
    }

    /**
     * Whether the server would come to the segment with the fork: it takes an ancestor's where the timeline's own is
     * missing, and recovers whatever is in it, if it is given that.
     */
    private boolean mayPassFork(WalLine.Reach reach, Optional<RestorePoint> point) throws ArchiverException {
        boolean stopsBefore = switch (request.target()) {
            case RecoveryTarget.Immediate _ -> true;
            case RecoveryTarget.AtLsn at -> at.lsn().isBefore(reach.missing().startLsn(map.size()));
            case RecoveryTarget.AtName _ ->
                point.isPresent() && !point.get().lsn().isAfter(reach.missing().startLsn(map.size()));
            case RecoveryTarget.Latest _, RecoveryTarget.AtTime _, RecoveryTarget.AtXid _ -> false;
        };
        return endsInFork(reach) && !stopsBefore && !endsInTail(reach);
    }

    private boolean endsInTail(WalLine.Reach reach) throws ArchiverException {
        return request.withTail() && map.hasTail(reach.missing());
    }

    /** What a server may ask for when it needs this segment. */
    private List<String> names(WalSegment missing, TimelineId along) throws ArchiverException {
        return map.lineage(along).stream()
                .map(timeline -> new WalSegment(timeline, missing.number()).fileName(map.size()))
                .toList();
    }
}
