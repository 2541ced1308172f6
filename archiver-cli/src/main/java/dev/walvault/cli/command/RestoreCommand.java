package dev.walvault.cli.command;

import dev.walvault.ArchiverException;
import dev.walvault.ConfigurationException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.cli.console.Invocation;
import dev.walvault.cli.console.Usage;
import dev.walvault.cli.option.DiskLimitOptions;
import dev.walvault.cli.option.InPlaceOptions;
import dev.walvault.cli.option.SystemOption;
import dev.walvault.cli.option.TargetOptions;
import dev.walvault.cli.option.VaultOption;
import dev.walvault.cli.report.RestoreText;
import dev.walvault.cli.settings.Setting;
import dev.walvault.cli.settings.Settings;
import dev.walvault.cli.wiring.ConfiguredServer;
import dev.walvault.cli.wiring.Installation;
import dev.walvault.cli.wiring.OperatingUser;
import dev.walvault.cli.wiring.ReadVaults;
import dev.walvault.cli.wiring.Wiring;
import dev.walvault.observe.Event;
import dev.walvault.observe.Listener;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.reach.RecoveryOutlook;
import dev.walvault.reach.RecoveryTarget;
import dev.walvault.reach.TimelineChoice;
import dev.walvault.restore.RecoverySettings;
import dev.walvault.restore.Restore;
import dev.walvault.restore.RestoreOptions;
import dev.walvault.restore.RestorePlan;
import dev.walvault.restore.RestorePlanner;
import dev.walvault.restore.RestoreRequest;
import dev.walvault.restore.RestoreResult;
import dev.walvault.restore.TablespaceMapping;
import dev.walvault.restore.WalTail;
import dev.walvault.vault.BackupId;
import dev.walvault.vaults.MemberVaults;
import dev.walvault.work.Bandwidth;
import dev.walvault.work.DiskLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "restore",
        description = {
            "Restores a backup into an empty directory, or over a stopped server, and prepares it to recover to the"
                    + " chosen target.",
            "%nThe newest backup from which the target can be reached is used. Without a target the server recovers to"
                    + " the end of the WAL.",
            "%nBefore it writes anything, it looks ahead in the WAL. It refuses a time after which no transaction ended, and"
                    + " names the latest one that can be reached. It names the tablespaces that recovery creates, and"
                    + " refuses if their places are in use.",
            "%nRestored into the data directory of the configured server (pgdata), it takes the place of that server:"
                    + " once promoted, it archives on a timeline of its own. Anywhere else it is a copy. A copy neither"
                    + " archives nor receives changes through subscriptions, unless you ask for it.",
            "%nSeveral vaults are read as one. If an object is missing or damaged in one vault, it is read from the"
                    + " next."
        },
        footer = {
            "%nExamples:",
            "  walvault restore --in-place --to-point before-drop",
            "  walvault restore --in-place --with-tail",
            "  walvault restore --undo-in-place",
            "  walvault restore -D /var/lib/postgresql/15/drill --to-point before-drop",
            "  walvault restore -D drill --to-time '2026-11-20 22:15:00+01' \\",
            "      --action promote",
            "  walvault restore -D standby --standby"
        })
final class RestoreCommand implements Subcommand {
    /** What may be given where nothing is restored, besides what every command has. */
    private static final Set<String> WITHOUT_RESTORE =
            Set.of("--pgdata-target", "--undo-in-place", "--discard-restored", "--remove-set-aside");

    /** What no name of a file is; it is not empty, as what a script's unset variable leaves. */
    private static final String FURTHEST = "furthest";

    private final Invocation invocation;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-D", "--pgdata-target"},
            paramLabel = "DIR",
            description = "the new data directory, which must be absent or empty; with --in-place the one to restore"
                    + " over (default: \"pgdata\")")
    private @Nullable Path directory;

    @Mixin
    private final InPlaceOptions inPlace = new InPlaceOptions();

    @ArgGroup(exclusive = true)
    private @Nullable TargetOptions target;

    @Option(names = "--exclusive", description = "stop just before the target time, LSN or transaction")
    private boolean exclusive;

    @Option(names = "--inclusive", description = "stop just after the target time, LSN or transaction (default)")
    private boolean inclusive;

    @Option(
            names = "--timeline",
            paramLabel = "TIMELINE",
            description =
                    "timeline to follow: a number, latest (the newest), or current (that of the backup); default: that"
                            + " of the restore point, or the one that the server of \"pgdata\" or the newest backup is on")
    private @Nullable String timeline;

    @Option(
            names = "--accept-gap",
            description = "treat a missing WAL segment as the end of the WAL, even if later segments exist")
    private boolean acceptGap;

    @Option(
            names = "--action",
            paramLabel = "ACTION",
            description = "what the server does at the target: pause (default), promote or shutdown")
    private RecoverySettings.@Nullable Action action;

    @Option(
            names = "--standby",
            description =
                    "make it a standby, which follows the vault and, once primary_conninfo is set, its primary; with a"
                            + " target it goes no further than that")
    private boolean standby;

    @Option(names = "--backup", paramLabel = "ID", description = "the backup to start from, instead of the best one")
    private @Nullable String backup;

    @Option(
            names = "--with-tail",
            arity = "0..1",
            paramLabel = "NAME",
            fallbackValue = FURTHEST,
            description = "also recover the unfinished last segment of the WAL that \"walvault salvage\" stored; NAME"
                    + " chooses one if several differ")
    private @Nullable String withTail;

    @Option(
            names = {"-T", "--tablespace-mapping"},
            paramLabel = "OLD=NEW",
            description = "put the tablespace at OLD (a path or an OID) at NEW; may be given several times")
    private List<String> mappings = new ArrayList<>();

    @Option(
            names = "--tablespace-all",
            paramLabel = "DIR",
            description = "put every other tablespace below DIR, in a directory named by its OID")
    private @Nullable String mapAll;

    @Option(
            names = "--waldir",
            paramLabel = "DIR",
            description =
                    "put pg_wal into DIR, which must be absent or empty, and a link to it into the data directory")
    private @Nullable Path walDirectory;

    @Option(
            names = "--archive-mode",
            paramLabel = "MODE",
            description =
                    "whether the restored server archives: preserve (default in pgdata) or off (default elsewhere)")
    private @Nullable Mode archiveMode;

    @Option(
            names = "--subscriptions",
            paramLabel = "MODE",
            description = "whether subscriptions of the restored server receive changes: preserve (default in pgdata)"
                    + " or off (default elsewhere)")
    private @Nullable Mode subscriptions;

    @Option(
            names = "--accept-tablespaces",
            paramLabel = "OID",
            split = ",",
            description = "go on even if recovery may create these tablespaces again in places that are in use")
    private Set<Long> acceptedTablespaces = new HashSet<>();

    @Option(
            names = {"-j", "--jobs"},
            paramLabel = "NUMBER",
            description = "number of threads that unpack, instead of backup.jobs")
    private @Nullable Integer jobs;

    @Option(
            names = "--restore-command",
            paramLabel = "COMMAND",
            description = "restore_command of the restored server, instead of this program with this configuration")
    private @Nullable String restoreCommand;

    @Mixin
    private final VaultOption vault = new VaultOption();

    @Mixin
    private final SystemOption system = new SystemOption();

    @Mixin
    private final DiskLimitOptions diskLimits = new DiskLimitOptions();

    /** What becomes of something by which a server acts on others. */
    enum Mode {
        PRESERVE,
        OFF
    }

    RestoreCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public int run() throws ArchiverException {
        OperatingUser.refuseRoot(invocation, "restore");
        Settings settings = invocation.settings();
        invocation.console().keepWarnings();
        InPlaceOptions.Task task = inPlace.task();
        requireMeaning(task);
        requireValues();
        Path data = data(settings, task);
        var limits = diskLimits.limits(settings);
        try (var wiring = new Wiring(invocation, limits)) {
            var old = new InPlaceRestore(invocation, inPlace);
            return switch (task) {
                case UNDO -> old.undo(wiring, data);
                case REMOVE -> old.remove(data);
                case RESTORE, RESTORE_IN_PLACE -> restore(settings, wiring, limits, data, old);
            };
        }
    }

    /** Going back and removing restore nothing, so there is nothing to choose. */
    private void requireMeaning(InPlaceOptions.Task task) throws ConfigurationException {
        if (task == InPlaceOptions.Task.RESTORE || task == InPlaceOptions.Task.RESTORE_IN_PLACE) {
            return;
        }
        for (OptionSpec given : spec.commandLine().getParseResult().matchedOptions()) {
            if (!given.inherited() && !WITHOUT_RESTORE.contains(given.longestName())) {
                throw Usage.wrong(given.longestName() + " means nothing where nothing is restored");
            }
        }
    }

    /** What a script's unset variable leaves: as a path it would be the working directory. */
    private void requireValues() throws ConfigurationException {
        for (OptionSpec given : spec.commandLine().getParseResult().matchedOptions()) {
            if (given.originalStringValues().stream().anyMatch(String::isBlank)) {
                throw Usage.wrong(given.longestName() + " is empty");
            }
        }
    }

    private Path data(Settings settings, InPlaceOptions.Task task) throws ArchiverException {
        if (directory != null) {
            return invocation.shell().directory().resolve(directory);
        }
        if (task == InPlaceOptions.Task.RESTORE) {
            throw Fault.of(ErrorCode.USAGE, "-D is missing: the new data directory")
                    .hint("Name an empty directory with -D. To restore over the server in \"pgdata\", stop it and add"
                            + " --in-place.")
                    .configuration();
        }
        return settings.requirePath(Setting.PGDATA);
    }

    private int restore(Settings settings, Wiring wiring, DiskLimits limits, Path data, InPlaceRestore old)
            throws ArchiverException {
        if (inclusive && exclusive) {
            throw Usage.wrong("--inclusive and --exclusive exclude each other");
        }
        if ((inclusive || exclusive) && (target == null || !target.hasTwoSides())) {
            throw Usage.wrong((inclusive ? "--inclusive" : "--exclusive")
                    + " means something only with --to-time, --to-lsn or --to-xid");
        }
        if (action != null && action != RecoverySettings.Action.PROMOTE && target == null) {
            throw Usage.wrong("--action " + action.name().toLowerCase(Locale.ROOT)
                    + " means something only with a target: without one the server recovers to the end of the WAL");
        }
        if (standby && action == RecoverySettings.Action.PROMOTE && target == null) {
            throw Usage.wrong("--action promote means something for a standby only with a target: without one it"
                    + " follows until you promote it");
        }
        var where = TargetOptions.target(
                target, !exclusive, invocation.shell().zone().get());
        Optional<BackupId> from =
                backup == null ? Optional.empty() : Optional.of(Usage.meant("--backup", BackupId::parse, backup));
        TimelineChoice along = timeline == null
                ? new TimelineChoice.Automatic()
                : Usage.meant("--timeline", TimelineChoice::parse, timeline);
        RestoreOptions given = options(settings, vault.only(settings, wiring.places()), data, limits.writes());
        var vaults = ReadVaults.of(
                wiring,
                vault.some(wiring.vaults(wiring.signingIndex(wiring.restoringKeyring()))),
                invocation.console());
        MemberVaults member = vaults.member(system.only(vaults.together(), settings, invocation.console()));
        SystemIdentifier restored = member.keys().system();
        RestoreOptions options = given.with(ConfiguredServer.minimumSettings(settings, restored));
        InPlaceRestore.Planning planning = each -> {
            var request = new RestoreRequest(
                    where, from, along, ConfiguredServer.timeline(settings, restored), acceptGap, withTail != null);
            try {
                return plan(each, request).warning(lostKeys(wiring));
            } catch (IntegrityException e) {
                throw vaults.mayBeElsewhere(e);
            }
        };
        if (inPlace.task() == InPlaceOptions.Task.RESTORE_IN_PLACE) {
            return old.restore(wiring, member, planning, options);
        }
        RestorePlan plan = planning.plan(member);
        RestoreResult result = new Restore(member, wiring.author(), invocation.console(), invocation.cancellation())
                .run(plan, options);
        invocation
                .console()
                .result(
                        "restore",
                        RestoreText.json(plan, result, invocation.console().warnings()),
                        () -> RestoreText.text(plan, result));
        return 0;
    }

    private RestorePlan plan(MemberVaults member, RestoreRequest request) throws ArchiverException {
        var planner = new RestorePlanner(member, invocation.console(), invocation.cancellation());
        RestorePlan plan = request.target() instanceof RecoveryTarget.AtName at
                ? new PointPlan(member, at, invocation.cancellation()).of(planner, request)
                : planner.plan(request);
        return tail(plan, member);
    }

    private List<String> lostKeys(Wiring wiring) throws ArchiverException {
        return restoreCommand != null
                ? List.of()
                : wiring.keysOfEnvironment(invocation.shell().environment()).stream()
                        .map(keys -> "restore_command does not carry the S3 keys of this environment (" + keys
                                + "): give them to the server's environment, too, or put them into a file that the"
                                + " server can read and name it in the vault's URL with credentials-file=FILE")
                        .toList();
    }

    /** The plan with the tail of its line, if it is asked for; otherwise tells of it where the target may lie in it. */
    private RestorePlan tail(RestorePlan plan, MemberVaults member) throws ArchiverException {
        boolean mayMatter = switch (plan.target()) {
            case RecoveryTarget.Latest _ -> true;
            case RecoveryTarget.AtTime _, RecoveryTarget.AtXid _ ->
                plan.outlook().ending() != RecoveryOutlook.Ending.AT_TARGET;
            case RecoveryTarget.Immediate _, RecoveryTarget.AtLsn _, RecoveryTarget.AtName _ -> false;
        };
        if (withTail == null && !mayMatter) {
            return plan;
        }
        if (withTail == null) {
            var unused = new ArrayList<String>();
            Listener later = event -> {
                if (event.severity() == Event.Severity.WARNING) {
                    unused.add(event.sentence());
                }
            };
            for (WalTail tail : WalTail.all(plan, member, later)) {
                unused.add("the vault also has \"" + tail.file().name() + "\", an unfinished segment that goes on to "
                        + tail.end() + "; --with-tail recovers it, too");
            }
            return plan.warning(unused);
        }
        List<WalTail> tails = WalTail.all(plan, member, invocation.console());
        if (withTail.equals(FURTHEST) && !tails.isEmpty()) {
            return plan.with(WalTail.furthest(tails, member));
        }
        return plan.with(tails.stream()
                .filter(tail -> tail.file().name().equals(withTail))
                .findFirst()
                .orElseThrow(() -> noTail(plan, tails)));
    }

    private static IntegrityException noTail(RestorePlan plan, List<WalTail> tails) {
        String place = plan.wal().upTo() + " on timeline " + plan.timeline();
        return tails.isEmpty()
                ? Fault.of(ErrorCode.GAP, "the vault has no unfinished segment behind " + place)
                        .hint("Leave out --with-tail. If the server's old data directory is still there, run"
                                + " \"walvault salvage\" on it first.")
                        .integrity()
                : Fault.of(ErrorCode.GAP, "the vault has no unfinished segment of this name behind " + place)
                        .detail("there are "
                                + tails.stream().map(tail -> tail.file().name()).collect(Collectors.joining(", ")))
                        .integrity();
    }

    private RestoreOptions options(Settings settings, Optional<String> onlyVault, Path data, Bandwidth diskWrites)
            throws ArchiverException {
        String command = restoreCommand == null
                ? RestoreText.restoreCommand(settings, onlyVault, Installation.launcher())
                : restoreCommand;
        Optional<Path> server = settings.path(Setting.PGDATA);
        Mode usual = RestoreOptions.isServer(data, server) ? Mode.PRESERVE : Mode.OFF;
        var recovery = new RecoverySettings(
                command,
                action == null ? RecoverySettings.Action.PAUSE : action,
                standby ? RecoverySettings.Role.STANDBY : RecoverySettings.Role.PRIMARY,
                switch (archiveMode == null ? usual : archiveMode) {
                    case PRESERVE -> RecoverySettings.Archiving.AS_BACKED_UP;
                    case OFF -> RecoverySettings.Archiving.OFF;
                },
                switch (subscriptions == null ? usual : subscriptions) {
                    case PRESERVE -> RecoverySettings.Subscribing.AS_BACKED_UP;
                    case OFF -> RecoverySettings.Subscribing.OFF;
                });
        var tablespaces = TablespaceMapping.parse(mappings, Optional.ofNullable(mapAll));
        int workers = jobs == null ? settings.integer(Setting.BACKUP_JOBS) : jobs;
        Optional<Path> wal =
                Optional.ofNullable(walDirectory).map(invocation.shell().directory()::resolve);
        return Usage.meant(() ->
                new RestoreOptions(data, server, tablespaces, acceptedTablespaces, wal, workers, recovery, diskWrites));
    }
}
