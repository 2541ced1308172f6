package dev.walvault.cli.command;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.cli.console.Invocation;
import dev.walvault.cli.console.Texts;
import dev.walvault.cli.console.Usage;
import dev.walvault.cli.option.DiskLimitOptions;
import dev.walvault.cli.option.SystemOption;
import dev.walvault.cli.settings.Setting;
import dev.walvault.cli.settings.Settings;
import dev.walvault.cli.wiring.OperatingUser;
import dev.walvault.cli.wiring.Wiring;
import dev.walvault.copy.CopyOptions;
import dev.walvault.copy.CopyReport;
import dev.walvault.copy.CopySelection;
import dev.walvault.copy.VaultCopy;
import dev.walvault.json.JsonText;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.vault.BackupId;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.Name;
import dev.walvault.vault.Vault;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "copy",
        description = {
            "Copies backups, each with the WAL that it needs, from one vault into another.",
            "%nObjects are copied byte for byte, so no keys are needed. Create the other vault with \"walvault init\""
                    + " first. Either both vaults are encrypted, or neither is.",
            "%nIt can be interrupted and run again; nothing is stored twice. Objects that are missing, damaged, or"
                    + " different in the other vault are reported, and the rest is copied. What follows on a timeline"
                    + " where the other vault has different WAL is left out. The exit status is then 20 to 22."
        },
        footer = {
            "%nExamples:",
            "  walvault copy 1 2",
            "  walvault copy 1 file:///mnt/offsite/pg --backup 20261120T221530Z",
            "  walvault copy 2 1 --all --dry-run"
        })
final class CopyCommand implements Subcommand {
    private final Invocation invocation;

    @Parameters(
            index = "0",
            paramLabel = "FROM",
            description = "the vault to copy from: a number of the configuration, from 1, or a URL")
    private String from = "";

    @Parameters(index = "1", paramLabel = "TO", description = "the vault to copy into, which must be there already")
    private String to = "";

    @ArgGroup(exclusive = true)
    private @Nullable What what;

    /** What to copy, if not all backups. */
    static final class What {
        @Option(names = "--backup", paramLabel = "ID", description = "only this backup; may be given several times")
        private @Nullable List<String> backups;

        @Option(names = "--all", description = "also all WAL, all timeline histories and all restore points")
        private boolean all;

        CopySelection selection() throws ArchiverException {
            if (all || backups == null) {
                return new CopySelection.Everything();
            }
            Set<BackupId> ids = new LinkedHashSet<>();
            for (String backup : backups) {
                ids.add(Usage.meant("--backup", BackupId::parse, backup));
            }
            return new CopySelection.OnlyBackups(ids);
        }
    }

    @Option(names = "--dry-run", description = "compare everything and store nothing")
    private boolean dryRun;

    @Option(
            names = {"-j", "--jobs"},
            paramLabel = "NUMBER",
            description = "number of objects copied at the same time, instead of backup.jobs")
    private @Nullable Integer jobs;

    @Mixin
    private final SystemOption system = new SystemOption();

    @Mixin
    private final DiskLimitOptions diskLimits = new DiskLimitOptions();

    CopyCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public int run() throws ArchiverException {
        OperatingUser.refuseRoot(invocation, "copy");
        Settings settings = invocation.settings();
        int workers = jobs == null ? settings.integer(Setting.BACKUP_JOBS) : jobs;
        CopySelection selection = what == null ? new CopySelection.EveryBackup() : what.selection();
        var mode = dryRun ? CopyOptions.Mode.DRY_RUN : CopyOptions.Mode.COPY;
        var options = Usage.meant(() -> new CopyOptions(selection, mode, workers));
        try (var wiring = new Wiring(invocation, diskLimits.limits(settings))) {
            Vault source = wiring.vault(wiring.location(from));
            Vault target = wiring.vault(wiring.location(to));
            var copy = new VaultCopy(
                    source,
                    target,
                    settings.trustedWriters(),
                    wiring.author(),
                    invocation.cancellation(),
                    invocation.console());
            CopyReport report = copy.copy(systems(wiring, source, settings), options);
            invocation.console().result("copy", json(source, target, report), () -> text(target, report));
            return report.worst().map(ErrorCode::exitStatus).orElse(0);
        }
    }

    private List<MemberKeys> systems(Wiring wiring, Vault source, Settings settings) throws ArchiverException {
        Name cluster = wiring.cluster();
        Name member = wiring.member();
        var systems = new ArrayList<MemberKeys>();
        for (SystemIdentifier each : system.systems(source, cluster, member, settings)) {
            systems.add(new MemberKeys(cluster, member, each));
        }
        return systems;
    }

    private Consumer<JsonText> json(Vault source, Vault target, CopyReport report) {
        return json -> report.describe(
                json.put("from", source.location()).put("to", target.location()).put("dryRun", dryRun));
    }

    private String text(Vault target, CopyReport report) {
        String objects =
                Texts.counted(report.objectsCopied(), "object") + " (" + Texts.size(report.bytesCopied()) + ")";
        String backups = Texts.counted(report.backups().size(), "backup");
        String problems = report.problems().isEmpty()
                ? ""
                : "; problems: " + report.problems().size() + ", backups that are not complete there: "
                        + report.incomplete().size() + leftOut(report);
        return (dryRun ? "would copy " : "copied ") + objects + ", " + report.objectsThere()
                + " were there already; " + (dryRun ? "would be complete" : "complete") + " in \"" + target.location()
                + "\": " + backups + problems;
    }

    private static String leftOut(CopyReport report) {
        return report.leftOut().isEmpty()
                ? ""
                : report.leftOut().stream()
                        .map(left -> left.timeline() + (left.behind().isZero() ? "" : " behind " + left.behind()))
                        .collect(Collectors.joining(", ", "; left out of timeline ", ""));
    }
}
