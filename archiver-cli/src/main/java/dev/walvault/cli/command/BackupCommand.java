package dev.walvault.cli.command;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.LockException;
import dev.walvault.backup.BackupOptions;
import dev.walvault.backup.BaseBackup;
import dev.walvault.cli.console.CommandEvent;
import dev.walvault.cli.console.Invocation;
import dev.walvault.cli.console.Usage;
import dev.walvault.cli.option.DiskLimitOptions;
import dev.walvault.cli.option.VaultOption;
import dev.walvault.cli.report.Rendering;
import dev.walvault.cli.settings.Setting;
import dev.walvault.cli.settings.Settings;
import dev.walvault.cli.wiring.OperatingUser;
import dev.walvault.cli.wiring.Server;
import dev.walvault.cli.wiring.WiredVault;
import dev.walvault.cli.wiring.Wiring;
import dev.walvault.observe.Pause;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.link.ServerSession;
import dev.walvault.points.PointIndex;
import dev.walvault.vault.Backup;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.MemberVault;
import dev.walvault.vaults.CatchUp;
import dev.walvault.vaults.MemberVaults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "backup",
        description = {
            "Takes a full base backup of the running server, online.",
            "%nA backup exists once every file and every WAL segment that it needs is in the vault. An interrupted"
                    + " backup leaves nothing that looks like one. Exit status 24: the backup is complete, but some pages"
                    + " failed their checksum.",
            "%nWith several vaults, the backup goes into the first, or into the one that is named. WAL that other"
                    + " vaults are missing is copied to them as well."
        },
        footer = {"%nExample:", "  walvault backup --label nightly --annotation ticket=OPS-17 --jobs 4"})
final class BackupCommand implements Subcommand {
    /** While the backup waits for WAL. */
    private static final Duration LONGEST_CATCH_UP = Duration.ofSeconds(10);

    private final Invocation invocation;

    @Mixin
    private final VaultOption vault = new VaultOption();

    @Option(names = "--label", paramLabel = "TEXT", description = "the backup's label; if not given, \"walvault\"")
    private String label = "walvault";

    @Option(
            names = "--annotation",
            paramLabel = "KEY=VALUE",
            description = "a note to keep with the backup; may be given several times")
    private Map<String, String> annotations = new LinkedHashMap<>();

    @Option(
            names = {"-j", "--jobs"},
            paramLabel = "NUMBER",
            description = "number of threads that read, compress and encrypt, instead of backup.jobs")
    private @Nullable Integer jobs;

    @Option(
            names = "--allow-unknown-version",
            description = "go on even if the server is newer than the versions that this walvault knows")
    private boolean allowUnknownVersion;

    @ArgGroup(exclusive = true)
    private Checkpoint checkpoint = new Checkpoint();

    /** How the backup begins. */
    static final class Checkpoint {
        @Option(names = "--fast", description = "begin with a checkpoint at full speed (default)")
        private boolean fast;

        @Option(names = "--spread", description = "begin with a spread checkpoint: less load, but it takes minutes")
        private boolean spread;

        boolean isFast() {
            return fast || !spread;
        }
    }

    @Mixin
    private final DiskLimitOptions diskLimits = new DiskLimitOptions();

    BackupCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public int run() throws ArchiverException {
        OperatingUser.refuseRoot(invocation, "backup");
        Settings settings = invocation.settings();
        Path pgdata = settings.requirePath(Setting.PGDATA);
        var compression = settings.backupCompression();
        var timeout = settings.duration(Setting.WAL_TIMEOUT);
        int workers = jobs == null ? settings.integer(Setting.BACKUP_JOBS) : jobs;
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        var limits = diskLimits.limits(settings);
        var options = Usage.meant(() -> new BackupOptions(
                label,
                annotations,
                workers,
                checkpoint.isFast(),
                compression,
                timeout,
                temporary,
                allowUnknownVersion,
                limits.reads()));
        try (var wiring = new Wiring(invocation, limits);
                ServerSession session = Server.connect(invocation)) {
            wiring.requireOutsideOfServer(pgdata);
            var vaults = wiring.vaults(wiring.storingKeyring());
            var access = vault.one(vaults).open();
            var behind = new Behind(vaults, wiring, session.facts().system());
            Backup backup = new BaseBackup(
                            access, session, behind::sleep, invocation.cancellation(), invocation.console())
                    .take(pgdata, options);
            invocation.console().result("backup", backup::describe, () -> Rendering.taken(backup));
            behind.catchUp();
            completeIndex(access.of(session.facts().system()));
            return status(backup);
        }
    }

    /**
     * The vaults that lack WAL which others have: the backup may wait for it, and afterwards there is time for all of
     * it.
     */
    private final class Behind {
        private final boolean several;
        private final CatchUp catchUp;
        private final MemberKeys keys;

        Behind(List<WiredVault> vaults, Wiring wiring, SystemIdentifier system) throws ArchiverException {
            this.several = vaults.size() > 1;
            this.catchUp = new CatchUp(
                    List.copyOf(vaults), wiring.state().vaults(), invocation.console(), invocation.cancellation());
            this.keys = new MemberKeys(wiring.cluster(), wiring.member(), system);
        }

        void sleep(Duration duration) throws LockException {
            invocation.cancellation().check();
            if (several) {
                catchUp.some(keys, LONGEST_CATCH_UP);
            }
            Pause.SLEEP.sleep(duration);
            invocation.cancellation().check();
        }

        /** The backup is complete by then, whatever comes of this. */
        void catchUp() {
            if (!several) {
                return;
            }
            try {
                catchUp.all(keys);
            } catch (ArchiverException e) {
                invocation.console().on(new CommandEvent.NotCaughtUp(e));
            }
        }
    }

    /** The backup is complete by then, and whatever is left is found by the next call. */
    private void completeIndex(MemberVault member) {
        try {
            new PointIndex(MemberVaults.of(member), invocation.cancellation()).complete();
        } catch (LockException _) {
            // interrupted: there is nothing to undo
        }
    }

    private int status(Backup backup) {
        long bad = backup.facts().badPages();
        if (bad == 0) {
            return 0;
        }
        invocation.console().on(new CommandEvent.BackupHasBadPages(backup.id(), bad));
        return ErrorCode.BAD_PAGES.exitStatus();
    }
}
