package dev.walvault.restore;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineHistory;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.Timestamps;
import dev.walvault.pg.WalSegment;
import dev.walvault.vault.Backup;
import dev.walvault.vault.BackupFacts;
import dev.walvault.vault.BackupId;
import dev.walvault.vault.BackupList;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.MemberVaults;
import dev.walvault.vault.RestorePoint;
import dev.walvault.vault.RestorePointList;
import dev.walvault.vault.RestorePoints;
import dev.walvault.vault.Written;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Chooses the backup and the timeline for a recovery target: the newest backup from which the server gets there. What can
 * be known to be impossible is refused here, before anything is restored.
 */
public final class RestorePlanner {
    private static final Comparator<Backup> BY_STOP =
            Comparator.comparing((Backup backup) -> backup.facts().stop()).thenComparing(Backup::id);

    /** What the server says when it does not meet its target. */
    private static final String ENDED_BEFORE = "\"recovery ended before configured recovery target was reached\"";

    private final MemberVaults vaults;
    private final MemberVault member;

    public RestorePlanner(MemberVaults vaults) {
        this.vaults = vaults;
        this.member = vaults.together();
    }

    /**
     * Lists the store and reads documents; needs no key but for the history of a timeline.
     *
     * @throws IntegrityException TARGET if no backup leads to the target, GAP if WAL on the way is missing
     */
    public RestorePlan plan(RestoreRequest request) throws ArchiverException {
        BackupList listed = vaults.backups();
        List<Backup> backups = listed.complete();
        if (backups.isEmpty()) {
            throw none(listed);
        }
        try {
            Optional<Backup> named = named(request.backup(), listed);
            var planning = new Planning(request, WalMap.read(member, backups), backups, member.restorePoints(), named);
            for (BackupList.Unreadable unreadable : listed.unreadable()) {
                planning.warnings.add(
                        "backup " + unreadable.id() + " is left out of account: " + because(unreadable.reason()));
            }
            return planning.plan(point(request, planning.map));
        } catch (IntegrityException e) {
            throw e.code() == ErrorCode.TARGET ? withUnreadable(e, listed) : e;
        }
    }

    private static String because(ArchiverException reason) {
        return reason.getMessage()
                + reason.detail().map(detail -> " (" + detail + ")").orElse("");
    }

    /** A backup that cannot be used may be the one that is wanted. */
    private static IntegrityException withUnreadable(IntegrityException refusal, BackupList listed) {
        if (listed.unreadable().isEmpty()) {
            return refusal;
        }
        String left = listed.unreadable().stream()
                .map(unreadable -> "backup " + unreadable.id() + " cannot be used: " + because(unreadable.reason()))
                .collect(Collectors.joining("; "));
        return Fault.from(refusal)
                .detail(refusal.detail().map(detail -> detail + " ").orElse("") + left)
                .cause(refusal)
                .integrity();
    }

    private IntegrityException none(BackupList listed) {
        var fault = Fault.of(
                        ErrorCode.TARGET,
                        "the vault has no complete backup of system "
                                + member.keys().system())
                .hint("Take one with \"walvault backup\".");
        return withUnreadable(fault.integrity(), listed);
    }

    private static Optional<Backup> named(Optional<BackupId> id, BackupList listed) throws IntegrityException {
        if (id.isEmpty()) {
            return Optional.empty();
        }
        List<Backup> backups = listed.complete();
        Optional<Backup> found =
                backups.stream().filter(backup -> backup.id().equals(id.get())).findFirst();
        if (found.isEmpty()) {
            throw Fault.of(ErrorCode.TARGET, "the vault has no complete backup " + id.get())
                    .detail("complete: "
                            + String.join(
                                    ", ",
                                    backups.stream()
                                            .map(backup -> backup.id().toString())
                                            .toList()))
                    .integrity();
        }
        return found;
    }

    /** The place of the restore point that is the target; empty for other targets, and for a name the vault does not know. */
    private Optional<RestorePoint> point(RestoreRequest request, WalMap map) throws ArchiverException {
        if (!(request.target() instanceof RecoveryTarget.AtName at)) {
            return Optional.empty();
        }
        List<RestorePoint> everywhere = member.restorePoints().find(at.name());
        var points = new ArrayList<RestorePoint>();
        for (RestorePoint point : everywhere) {
            if (!(request.timeline() instanceof TimelineChoice.Numbered number)
                    || isPart(point, number.timeline(), map)) {
                points.add(point);
            }
        }
        if (points.size() > 1 || (points.isEmpty() && !everywhere.isEmpty())) {
            boolean several = points.size() > 1;
            throw Fault.of(
                            ErrorCode.TARGET,
                            request.target()
                                    + (several
                                            ? " is in more than one place"
                                            : " is no part of the timeline that was asked for"))
                    .detail(places(everywhere))
                    .hint("Name the place with --to-lsn" + (several ? ", or the branch with --timeline." : "."))
                    .integrity();
        }
        if (points.isEmpty() && request.backup().isEmpty()) {
            throw Fault.of(ErrorCode.TARGET, "the vault knows no " + request.target())
                    .hint(
                            "For a point that was made by SQL and not by \"walvault restore-point create\", name a backup that"
                                    + " ended before it with --backup.")
                    .integrity();
        }
        return points.stream().findFirst();
    }

    private static boolean isPart(RestorePoint point, TimelineId timeline, WalMap map) throws ArchiverException {
        return point.timeline().equals(timeline)
                || map.history(timeline)
                        .ancestryContains(point.timeline(), point.lsn().plus(-1));
    }

    private static String places(List<RestorePoint> points) {
        return String.join(
                "; ",
                points.stream()
                        .map(point -> "at " + point.lsn() + " on timeline " + point.timeline() + ", "
                                + Timestamps.text(point.time()))
                        .toList());
    }

    /** One request against one state of the vault. */
    private static final class Planning {
        private final RestoreRequest request;
        private final WalMap map;
        private final List<Backup> backups;
        private final RestorePoints points;
        private final Optional<Backup> named;
        private final BranchChoice branch;
        private final List<String> warnings = new ArrayList<>();

        Planning(RestoreRequest request, WalMap map, List<Backup> backups, RestorePoints points, Optional<Backup> named)
                throws ArchiverException {
            this.request = request;
            this.map = map;
            this.backups = backups;
            this.points = points;
            this.named = named;
            this.branch = new BranchChoice(map, Branches.of(map, backups), request.server());
        }

        RestorePlan plan(Optional<RestorePoint> point) throws ArchiverException {
            RecoveryTarget target = request.target();
            if (target instanceof RecoveryTarget.AtName && point.isEmpty()) {
                warnings.add("the vault knows no " + target + "; if its record is not in the WAL, recovery fails");
            }
            TimelineId timeline = timeline(point);
            Backup backup;
            if (named.isPresent()) {
                backup = named.get();
                refuse(backup, timeline, point);
            } else {
                backup = newest(timeline, point);
                if (request.timeline() instanceof TimelineChoice.Current) {
                    timeline = backup.facts().timeline();
                }
            }
            branch.leaveOutUnplaced(timeline);
            warnings.addAll(branch.notes());
            if (target instanceof RecoveryTarget.AtXid at && !isKnownToEnd(at, timeline)) {
                warnings.add("the vault does not know whether " + at + " is in its WAL; if it is not, the server ends"
                        + " with " + ENDED_BEFORE);
            }
            WalEnd end = requireWal(backup, timeline, point);
            Optional<BackupId> nextBest = candidates(timeline, point).stream()
                    .filter(other -> !other.equals(backup))
                    .map(Backup::id)
                    .findFirst();
            return new RestorePlan(
                    backup, timeline, request.timeline(), target, end, Optional.empty(), nextBest, warnings);
        }

        /** Whether a backup along the timeline was taken when the transaction was over. */
        private boolean isKnownToEnd(RecoveryTarget.AtXid at, TimelineId timeline) throws ArchiverException {
            for (Backup backup : backups) {
                if (backup.facts().snapshot().ended(at.xid())
                        && map.strangeness(backup, timeline).isEmpty()) {
                    return true;
                }
            }
            return false;
        }

        private TimelineId timeline(Optional<RestorePoint> point) throws ArchiverException {
            TimelineId highest = map.timelines().getLast();
            return switch (request.timeline()) {
                case TimelineChoice.Numbered(TimelineId number) -> {
                    if (!map.timelines().contains(number)) {
                        throw Fault.of(ErrorCode.TARGET, "the vault has no timeline " + number)
                                .detail("timelines: " + list(map.timelines()))
                                .integrity();
                    }
                    yield number;
                }
                case TimelineChoice.Latest _ -> {
                    branch.leaveOut(highest);
                    yield highest;
                }
                case TimelineChoice.Current _ ->
                    named.map(backup -> backup.facts().timeline()).orElse(highest);
                case TimelineChoice.Automatic _ ->
                    point.isPresent() ? point.get().timeline() : branch.choose(request.target(), named);
            };
        }

        /** The backups from which the server gets to the target, the newest first. */
        private List<Backup> candidates(TimelineId timeline, Optional<RestorePoint> point) throws ArchiverException {
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

        private Backup newest(TimelineId timeline, Optional<RestorePoint> point) throws ArchiverException {
            List<Backup> candidates = candidates(timeline, point);
            if (!candidates.isEmpty()) {
                warnOfClock(candidates.getFirst(), timeline, point);
                return candidates.getFirst();
            }
            Optional<Backup> oldestOnLine = onLine(timeline).stream().min(BY_STOP);
            if (oldestOnLine.isEmpty()) {
                throw Fault.of(ErrorCode.TARGET, "no backup of the vault leads to timeline " + timeline)
                        .detail("backups are on timelines "
                                + list(backups.stream()
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

        private void warnOfClock(Backup chosen, TimelineId timeline, Optional<RestorePoint> point)
                throws ArchiverException {
            if (!(request.target() instanceof RecoveryTarget.AtTime)) {
                return;
            }
            for (Backup backup : backups) {
                if (BY_STOP.compare(backup, chosen) > 0
                        && map.strangeness(backup, timeline).isEmpty()
                        && lateness(backup.facts(), point).isEmpty()) {
                    setBack(backup.facts(), timeline)
                            .ifPresent(why -> warnings.add("backup " + backup.id() + " is not used: " + why));
                }
            }
        }

        private void refuse(Backup backup, TimelineId timeline, Optional<RestorePoint> point) throws ArchiverException {
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
            if (point.isPresent() && !isPart(point.get(), along, map)) {
                return Optional.of("the restore point is at " + point.get().lsn() + " on timeline "
                        + point.get().timeline() + ", and no part of timeline " + along);
            }
            Optional<String> late = lateness(facts, point);
            return late.isEmpty() && request.target() instanceof RecoveryTarget.AtTime ? setBack(facts, along) : late;
        }

        /**
         * Why a time that is later than the backup may have come before it as well; empty if nothing says so. The server stops
         * where it meets a later time first, so it must not begin behind that place.
         */
        private Optional<String> setBack(BackupFacts facts, TimelineId along) throws ArchiverException {
            for (Backup other : backups) {
                BackupFacts before = other.facts();
                if (before.stop().isBefore(facts.stop())
                        && before.stopTime().isAfter(facts.stopTime())
                        && map.strangeness(other, along).isEmpty()) {
                    return Optional.of("the clock was set back before it: by the clock it ended at "
                            + Timestamps.text(facts.stopTime()) + ", and backup " + before.id()
                            + ", which ended before it in the WAL, at " + Timestamps.text(before.stopTime()));
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

        /** Throws unless the WAL is there as far as it is known to be needed; answers how far it goes. */
        private WalEnd requireWal(Backup backup, TimelineId timeline, Optional<RestorePoint> point)
                throws ArchiverException {
            WalLine.Reach reach = map.line(timeline).follow(backup.facts().start());
            Lsn stop = backup.facts().stop();
            if (reach.end().isBefore(stop)) {
                throw missing(
                                reach,
                                "Backup " + backup.id() + " needs the WAL up to " + stop
                                        + "; without a gap it goes up to " + reach.end() + ".")
                        .integrity();
            }
            Optional<Lsn> needed = point.map(RestorePoint::lsn);
            if (request.target() instanceof RecoveryTarget.AtLsn at) {
                // the server stops at a record that begins there, so there must be one
                needed = Optional.of(at.lsn().plus(1));
            }
            Optional<Instant> written = map.written(timeline, reach.end()).map(Written::time);
            Optional<String> later = laterThan(reach, timeline);
            if (needed.isPresent() && reach.end().isBefore(needed.get()) && !endsInTail(reach)) {
                // of a restore point it is known that there was WAL
                if (point.isEmpty() && later.isEmpty() && !endsInFork(reach)) {
                    throw tooLate(reach, written, map.hasTail(reach.missing()));
                }
                throw missing(
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
                throw passesFork(reach, timeline);
            }
            if (later.isPresent() && (beyond || toTheEnd) && !request.acceptGap()) {
                requireUsable(reach);
                throw hole(reach, later.get(), written);
            }
            if (beyond && !(later.isPresent() && request.acceptGap())) {
                throw tooLate(reach, written, map.hasTail(reach.missing()));
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
            return new WalEnd(end, written, endsAtHole ? names(reach.missing(), timeline) : List.of());
        }

        /** A restore point is recorded before its WAL is archived, so one behind the WAL is no sign of a hole, but of a loss. */
        private void warnOfPointsBehind(Lsn end, TimelineId timeline) throws ArchiverException {
            RestorePointList behind = points.behind(end);
            for (ArchiverException reason : behind.unreadable()) {
                warnings.add("a restore point is left out of account: " + because(reason));
            }
            for (RestorePoint point : behind.points()) {
                if (isPart(point, timeline, map)) {
                    warnings.add("restore point \"" + point.name() + "\" is behind the WAL that the vault has, at "
                            + point.lsn() + ": what the server wrote up to it is lost, unless its pg_wal directory"
                            + " still has it (\"walvault salvage\" archives that)");
                }
            }
        }

        /** A server that recovers all there is asks for the last segment for certain; the others are too many to look at. */
        private void warnOfUnusable(WalSegment last) throws ArchiverException {
            map.unusable(last)
                    .ifPresent(reason -> warnings.add("recovery stops before WAL segment \""
                            + last.fileName(map.size()) + "\", which cannot be used: " + because(reason)
                            + "; archive it again, or remove the object if no server wrote it"));
        }

        /** Throws if what lies behind the missing segment is no WAL: nothing need be missing then. */
        private void requireUsable(WalLine.Reach reach) throws ArchiverException {
            if (reach.next().isEmpty()) {
                return;
            }
            WalSegment next = reach.next().get();
            Optional<ArchiverException> reason = map.unusable(next);
            if (reason.isPresent()) {
                throw missing(reach, "A later segment is there, but it cannot be used: " + because(reason.get()))
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
                return Optional.of(
                        "segment \"" + reach.next().get().fileName(map.size()) + "\" is there, which is later");
            }
            for (Backup backup : backups) {
                BackupFacts facts = backup.facts();
                if (facts.stop().isAfter(reach.end())
                        && map.strangeness(backup, timeline).isEmpty()) {
                    return Optional.of("backup " + facts.id() + " ended later, at " + facts.stop());
                }
            }
            return Optional.empty();
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
         * Whether the server would go past the fork: it takes an ancestor's segment where the timeline's own is missing, and
         * recovers whatever is in it.
         */
        private boolean mayPassFork(WalLine.Reach reach, Optional<RestorePoint> point) throws ArchiverException {
            boolean stopsBefore = switch (request.target()) {
                case RecoveryTarget.Immediate _, RecoveryTarget.AtLsn _ -> true;
                case RecoveryTarget.AtName _ -> point.isPresent();
                case RecoveryTarget.Latest _, RecoveryTarget.AtTime _, RecoveryTarget.AtXid _ -> false;
            };
            return endsInFork(reach) && !stopsBefore && !endsInTail(reach);
        }

        private IntegrityException passesFork(WalLine.Reach reach, TimelineId timeline) throws ArchiverException {
            TimelineId ancestor = map.history(timeline).timelineOf(reach.end().plus(-1));
            return missing(
                            reach,
                            "Timeline " + ancestor + " has this segment, and went on in it behind " + reach.end()
                                    + ", where timeline " + reach.missing().timeline()
                                    + " left it. The server would recover that, too.")
                    .hint("Archive it from the pg_wal directory of the server that is on timeline "
                            + reach.missing().timeline()
                            + ". To restore what both have in common: --timeline " + ancestor + " --to-lsn "
                            + reach.end() + " --exclusive.")
                    .integrity();
        }

        private boolean endsInTail(WalLine.Reach reach) throws ArchiverException {
            return request.withTail() && map.hasTail(reach.missing());
        }

        /** What a server may ask for when it needs this segment. */
        private List<String> names(WalSegment missing, TimelineId along) throws ArchiverException {
            return Stream.concat(
                            map.history(along).entries().stream().map(TimelineHistory.Entry::timeline),
                            Stream.of(along))
                    .map(timeline -> new WalSegment(timeline, missing.number()).fileName(map.size()))
                    .toList();
        }

        private Fault missing(WalLine.Reach reach, String detail) {
            return Fault.of(
                            ErrorCode.GAP,
                            "WAL segment \"" + reach.missing().fileName(map.size()) + "\" is missing from the vault")
                    .detail(detail)
                    .hint(
                            "Archive it from the pg_wal directory of a server that still has it, or choose another target or"
                                    + " backup.");
        }

        private IntegrityException hole(WalLine.Reach reach, String later, Optional<Instant> written) {
            return missing(
                            reach,
                            "Of this timeline " + later + ". Recovery would end at " + reach.end()
                                    + written.map(time -> ", in WAL that was written at " + Timestamps.text(time))
                                            .orElse("")
                                    + ", and lose what comes after it.")
                    .hint(
                            "Archive it from the pg_wal directory of a server that still has it. To restore what is before it"
                                    + " and no more, say --accept-gap.")
                    .integrity();
        }

        private IntegrityException tooLate(WalLine.Reach reach, Optional<Instant> written, boolean hasTail) {
            return Fault.of(ErrorCode.TARGET, "the WAL in the vault ends before " + request.target())
                    .detail("It goes up to " + reach.end()
                            + written.map(time -> ", and its last segment was written at " + Timestamps.text(time))
                                    .orElse("")
                            + "; the server would end with " + ENDED_BEFORE + ".")
                    .hint("Restore without a target to get all there is. "
                            + (hasTail
                                    ? "The vault also has an unfinished segment behind it: --with-tail recovers that, too."
                                    : "If the server still runs, let it archive first: SELECT pg_switch_wal()."))
                    .integrity();
        }

        private static String list(List<TimelineId> timelines) {
            return String.join(
                    ", ", timelines.stream().map(TimelineId::toString).toList());
        }
    }
}
