package dev.walvault.restore;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.Listener;
import dev.walvault.pg.TimelineId;
import dev.walvault.reach.Branches;
import dev.walvault.reach.FactsAhead;
import dev.walvault.reach.RecoveryOutlook;
import dev.walvault.reach.RecoveryTarget;
import dev.walvault.reach.TimelineChoice;
import dev.walvault.reach.WalMap;
import dev.walvault.vault.Backup;
import dev.walvault.vault.BackupId;
import dev.walvault.vault.BackupList;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.RestorePoint;
import dev.walvault.vaults.BranchComparison;
import dev.walvault.vaults.Divergence;
import dev.walvault.vaults.MemberVaults;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Chooses the backup and the timeline for a recovery target: the newest backup from which the server gets there. What
 * can be known to be impossible is refused here, before anything is restored.
 */
public final class RestorePlanner {
    /** The next ones seldom have another reason. */
    private static final int UNREADABLE_TOLD = 3;

    static final String ENDED_BEFORE = "\"recovery ended before configured recovery target was reached\"";

    private final MemberVaults vaults;
    private final MemberVault member;
    private final List<RestorePoint> found;
    private final Listener listener;
    private final Cancellation cancellation;

    /** The listener hears of steps that take a while; what the operator should know is in the plan. */
    public RestorePlanner(MemberVaults vaults, Listener listener, Cancellation cancellation) {
        this(vaults, List.of(), listener, cancellation);
    }

    private RestorePlanner(
            MemberVaults vaults, List<RestorePoint> found, Listener listener, Cancellation cancellation) {
        this.vaults = vaults;
        this.member = vaults.together();
        this.found = List.copyOf(found);
        this.listener = listener;
        this.cancellation = cancellation;
    }

    /** The same, which knows restore points besides that the vaults' index does not have. */
    public RestorePlanner with(List<RestorePoint> points) {
        return new RestorePlanner(vaults, points, listener, cancellation);
    }

    /**
     * Lists the store, reads documents, and what the segments on the way say of themselves: without a key that is
     * unknown.
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
            WalMap map = WalMap.read(member, backups);
            var facts = new StoredFacts(vaults, map.size(), listener, cancellation);
            var planning = new Planning(request, vaults, map, listed, facts, named);
            for (BackupList.Unreadable unreadable : listed.unreadable()) {
                planning.warnings.add(
                        "backup " + unreadable.id() + " is left out of account: " + because(unreadable.reason()));
            }
            return planning.plan(point(request, planning, backups));
        } catch (IntegrityException e) {
            throw e.code() == ErrorCode.TARGET ? withUnreadable(e, listed) : e;
        }
    }

    static String because(ArchiverException reason) {
        return reason.sentence();
    }

    /** A backup that cannot be used may be the one that is wanted; what to do about it is told with the rest. */
    private static ArchiverException withUnreadable(ArchiverException refusal, BackupList listed) {
        if (listed.unreadable().isEmpty()) {
            return refusal;
        }
        List<BackupList.Unreadable> told =
                listed.unreadable().stream().limit(UNREADABLE_TOLD).toList();
        int more = listed.unreadable().size() - told.size();
        String left = told.stream()
                        .map(unreadable ->
                                "backup " + unreadable.id() + " cannot be used: " + because(unreadable.reason()))
                        .collect(Collectors.joining("; "))
                + (more == 0 ? "" : "; and " + more + " more");
        String hint = Stream.concat(
                        refusal.hint().stream(),
                        told.stream().flatMap(unreadable -> unreadable.reason().hint().stream()))
                .distinct()
                .collect(Collectors.joining(" "));
        Fault fault = Fault.from(refusal)
                .detail(refusal.detail().map(detail -> detail + " ").orElse("") + left)
                .cause(refusal);
        return (hint.isEmpty() ? fault : fault.hint(hint)).exception();
    }

    private ArchiverException none(BackupList listed) {
        Optional<ArchiverException> first =
                listed.unreadable().stream().map(BackupList.Unreadable::reason).findFirst();
        if (first.isPresent()) {
            var unusable = Fault.of(
                    first.get().code(), "no backup of system " + member.keys().system() + " can be used");
            return withUnreadable(unusable.exception(), listed);
        }
        var fault = Fault.of(
                        ErrorCode.TARGET,
                        "the vault has no complete backup of system "
                                + member.keys().system())
                .hint("Take one with \"walvault backup\".");
        return fault.integrity();
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

    /** The place of the restore point that is the target; empty for other targets, and for a name nobody knows. */
    private Optional<RestorePoint> point(RestoreRequest request, Planning planning, List<Backup> backups)
            throws ArchiverException {
        if (!(request.target() instanceof RecoveryTarget.AtName at)) {
            return Optional.empty();
        }
        var places = new LinkedHashMap<RestorePoint.Place, RestorePoint>();
        member.restorePoints().find(at.name()).forEach(point -> places.put(point.place(), point));
        found.stream()
                .filter(point -> point.name().equals(at.name()))
                .forEach(point -> places.putIfAbsent(point.place(), point));
        return new PointChoice(request, planning.map, backups, planning.named, planning.warnings)
                .choose(List.copyOf(places.values()));
    }

    /** One request against one state of the vault. */
    private static final class Planning {
        private final RestoreRequest request;
        private final MemberVaults vaults;
        private final WalMap map;
        private final Optional<Backup> named;
        private final BranchChoice branch;
        private final BackupChoice choice;
        private final WalNeed need;
        private final List<String> warnings = new ArrayList<>();

        Planning(
                RestoreRequest request,
                MemberVaults vaults,
                WalMap map,
                BackupList listed,
                FactsAhead facts,
                Optional<Backup> named)
                throws ArchiverException {
            this.request = request;
            this.vaults = vaults;
            this.map = map;
            this.named = named;
            this.branch = new BranchChoice(map, Branches.of(map, listed.complete()), request.server());
            this.choice = new BackupChoice(request, map, listed.complete(), warnings);
            this.need = new WalNeed(request, map, vaults, listed, facts, warnings);
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
                choice.require(backup, timeline, point);
            } else {
                backup = choice.newest(timeline, point);
                if (request.timeline() instanceof TimelineChoice.Current) {
                    timeline = backup.facts().timeline();
                }
            }
            requireOneBranch(timeline);
            branch.leaveOutUnplaced(timeline);
            warnings.addAll(branch.notes());
            if (target instanceof RecoveryTarget.AtXid at && !choice.isKnownToEnd(at, timeline)) {
                warnings.add("the vault does not know whether " + at + " is in its WAL; if it is not, the server ends"
                        + " with " + ENDED_BEFORE);
            }
            WalNeed.Way way = need.require(backup, timeline, point);
            Optional<BackupId> nextBest = choice.candidates(timeline, point).stream()
                    .filter(other -> !other.equals(backup))
                    .map(Backup::id)
                    .findFirst();
            if (way.outlook().ending() == RecoveryOutlook.Ending.TOO_EARLY) {
                throw tooEarly(backup, target, nextBest);
            }
            return new RestorePlan(
                    backup,
                    timeline,
                    request.timeline(),
                    target,
                    way.end(),
                    way.outlook(),
                    Optional.empty(),
                    nextBest,
                    warnings);
        }

        /** What the vaults have together is one line only if they hold the same branch of each of its timelines. */
        private void requireOneBranch(TimelineId timeline) throws ArchiverException {
            for (TimelineId each : map.lineage(timeline)) {
                Optional<Divergence> divergence = BranchComparison.among(vaults.each(), each);
                if (divergence.isPresent()) {
                    throw divergence
                            .get()
                            .conflict("Find out which server wrote which, and name the right vault with --vault. Then"
                                    + " take the other one off the setting \"vault\": restore_command reads that.");
                }
            }
        }

        private static IntegrityException tooEarly(Backup backup, RecoveryTarget target, Optional<BackupId> nextBest) {
            return Fault.of(ErrorCode.TARGET, "backup " + backup.id() + " does not lead to " + target)
                    .detail("Recovery would come to it before the backup is consistent; the server would end with"
                            + " \"requested recovery stop point is before consistent recovery point\".")
                    .hint(nextBest.map(id -> "Begin with an earlier backup: --backup " + id + ".")
                            .orElse("Choose a later target, or a restore point or an LSN."))
                    .integrity();
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
    }

    static String list(List<TimelineId> timelines) {
        return String.join(", ", timelines.stream().map(TimelineId::toString).toList());
    }
}
