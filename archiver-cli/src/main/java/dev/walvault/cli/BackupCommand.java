package dev.walvault.cli;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.backup.BackupOptions;
import dev.walvault.backup.BaseBackup;
import dev.walvault.cli.settings.Setting;
import dev.walvault.cli.settings.Settings;
import dev.walvault.observe.Event;
import dev.walvault.observe.Pause;
import dev.walvault.pg.link.ServerSession;
import dev.walvault.vault.Backup;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "backup",
        description = {
            "Takes a full base backup of the running server, online.",
            "%nIt exists when every file and every WAL segment that it needs is in the vault; a backup that is interrupted"
                    + " leaves nothing that looks like one. Status 24: it is complete, but pages of the server failed"
                    + " their checksum."
        },
        footer = {"%nExample:", "  walvault backup --label nightly --annotation ticket=OPS-17 --jobs 4"})
final class BackupCommand implements Subcommand {
    private final Invocation invocation;

    @Option(names = "--label", paramLabel = "TEXT", description = "the backup's label; if not given, \"walvault\"")
    private String label = "walvault";

    @Option(
            names = "--annotation",
            paramLabel = "KEY=VALUE",
            description = "something to remember with the backup; may be given several times")
    private Map<String, String> annotations = new LinkedHashMap<>();

    @Option(
            names = {"-j", "--jobs"},
            paramLabel = "NUMBER",
            description = "how many threads read, compress and encrypt, instead of backup.jobs")
    private @Nullable Integer jobs;

    @ArgGroup(exclusive = true)
    private Checkpoint checkpoint = new Checkpoint();

    /** How the backup begins. */
    static final class Checkpoint {
        @Option(names = "--fast", description = "begin with a checkpoint at full speed (default)")
        private boolean fast;

        @Option(names = "--spread", description = "begin with a checkpoint that is spread out: gentler, minutes later")
        private boolean spread;

        boolean isFast() {
            return fast || !spread;
        }
    }

    BackupCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public int run() throws ArchiverException {
        Settings settings = invocation.settings();
        Path pgdata = settings.requirePath(Setting.PGDATA);
        var compression = settings.backupCompression();
        var timeout = settings.duration(Setting.WAL_TIMEOUT);
        int workers = jobs == null ? settings.integer(Setting.BACKUP_JOBS) : jobs;
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        var options = Usage.meant(() ->
                new BackupOptions(label, annotations, workers, checkpoint.isFast(), compression, timeout, temporary));
        try (var wiring = new Wiring(invocation);
                ServerSession session = Server.connect(settings)) {
            var access = wiring.access(wiring.storingKeyring());
            Backup backup = new BaseBackup(
                            access, session, Pause.SLEEP, invocation.cancellation(), invocation.console())
                    .take(pgdata, options);
            invocation.console().result("backup", Rendering.backup(backup), () -> Rendering.taken(backup));
            return status(backup);
        }
    }

    private int status(Backup backup) {
        long bad = backup.facts().badPages();
        if (bad == 0) {
            return 0;
        }
        invocation
                .console()
                .on(new Event.Warning("backup " + backup.id() + " is complete, but " + bad
                        + " pages of the server failed their checksum; see the manifest and check the server's disks"));
        return ErrorCode.BAD_PAGES.exitStatus();
    }
}
