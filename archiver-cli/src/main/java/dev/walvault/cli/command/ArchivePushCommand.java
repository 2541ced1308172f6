package dev.walvault.cli.command;

import dev.walvault.ArchiverException;
import dev.walvault.archive.PushOutcome;
import dev.walvault.archive.WalPush;
import dev.walvault.cli.console.Invocation;
import dev.walvault.cli.wiring.OperatingUser;
import dev.walvault.cli.wiring.Wiring;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "archive-push",
        description = {
            "Stores a WAL file in the vault (for archive_command).",
            "%nThe exit status is 0 only when the file is durable in the vault. If the vault already has it with the"
                    + " same content, that is success. If the vault has other content under this name, the file is"
                    + " refused; nothing is overwritten.",
            "%nIf the server has queued more files, the same call stores the next ones, several at a time. The"
                    + " server's own calls for them then return at once. See archive_push.look_ahead.",
            "%nWith several vaults, archive_push.copies says how many must have the file. The others get it at the"
                    + " same time, or catch up later."
        },
        footer = {
            "%nExample, in postgresql.conf:",
            "  archive_command = 'walvault archive-push %%p'",
        })
public final class ArchivePushCommand implements Subcommand {
    private final Invocation invocation;

    @Parameters(paramLabel = "PATH", description = "%%p of archive_command; or %%f alone, for a file in pg_wal")
    private Path path;

    /** To be described. */
    ArchivePushCommand(Invocation invocation) {
        this(invocation, Path.of(""));
    }

    ArchivePushCommand(Invocation invocation, Path path) {
        this.invocation = invocation;
        this.path = path;
    }

    @Override
    public int run() throws ArchiverException {
        OperatingUser.refuseRoot(invocation, "archive-push");
        try (var wiring = new Wiring(invocation)) {
            var vaults = wiring.vaultsForSegment(wiring.storingKeyring());
            var push = new WalPush(
                    List.copyOf(vaults),
                    wiring.copies(vaults.size()),
                    wiring.state(),
                    invocation.settings().walCompression(),
                    wiring.lookAhead(),
                    invocation.console());
            PushOutcome outcome = push.push(path, invocation.shell().directory());
            invocation
                    .console()
                    .result(
                            "archive-push",
                            json -> json.put("file", String.valueOf(path.getFileName()))
                                    .put("outcome", outcome.text()),
                            () -> "");
            return 0;
        }
    }
}
