package dev.walvault.cli.command;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.ShellWord;
import dev.walvault.archive.Salvage;
import dev.walvault.archive.SalvageReport;
import dev.walvault.aside.OwnNames;
import dev.walvault.cli.console.Invocation;
import dev.walvault.cli.console.SalvageText;
import dev.walvault.cli.wiring.OperatingUser;
import dev.walvault.cli.wiring.Wiring;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "salvage",
        description = {
            "Stores the WAL of a dead server that was not archived yet, with the segment that the server was writing"
                    + " when it died.",
            "%nRun it before you empty or move a damaged data directory. It only reads the directory. The unfinished"
                    + " segment is stored as SEGMENT.partial, never under its own name; \"walvault restore --with-tail\""
                    + " uses it. If the server is started again after all, it archives the finished segment itself.",
            "%nIt can be interrupted and run again. If a file cannot be stored, that is reported, the others are"
                    + " stored, and the exit status is not 0."
        },
        footer = {"%nExample:", "  walvault salvage /var/lib/postgresql/15/main"})
final class SalvageCommand implements Subcommand {
    private final Invocation invocation;

    @Parameters(paramLabel = "PGDATA", description = "data directory of the server, which must not be running")
    private Path directory = Path.of("");

    SalvageCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public int run() throws ArchiverException {
        OperatingUser.refuseRoot(invocation, "salvage");
        Path data = invocation.shell().directory().resolve(directory);
        if (OwnNames.isBeingReplaced(data)) {
            throw Fault.of(ErrorCode.DIRECTORY_IN_USE, "a restore over \"" + data + "\" was interrupted")
                    .detail("what the server had there, its WAL too, is moved aside and safe")
                    .hint("\"walvault restore --undo-in-place -D " + ShellWord.of(data)
                            + "\" puts it back; then salvage it.")
                    .host();
        }
        try (var wiring = new Wiring(invocation)) {
            SalvageReport report = salvage(invocation, wiring, data);
            invocation
                    .console()
                    .result(
                            "salvage",
                            json -> report.describe(json.put("directory", data.toString())),
                            () -> SalvageText.of(report));
            return report.worst().map(ErrorCode::exitStatus).orElse(0);
        }
    }

    /** Salvages into all configured vaults. */
    static SalvageReport salvage(Invocation invocation, Wiring wiring, Path data) throws ArchiverException {
        var vaults = wiring.vaults(wiring.storingKeyring());
        return new Salvage(
                        List.copyOf(vaults),
                        wiring.copies(vaults.size()),
                        wiring.state(),
                        invocation.settings().walCompression(),
                        invocation.console(),
                        invocation.cancellation())
                .run(data);
    }
}
