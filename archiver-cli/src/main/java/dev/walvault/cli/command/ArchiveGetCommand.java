package dev.walvault.cli.command;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.archive.ForkGuard;
import dev.walvault.archive.GetOutcome;
import dev.walvault.archive.Handover;
import dev.walvault.archive.WalGet;
import dev.walvault.archive.WalNames;
import dev.walvault.cli.console.Invocation;
import dev.walvault.cli.settings.Setting;
import dev.walvault.cli.wiring.Prefetching;
import dev.walvault.cli.wiring.WiredVault;
import dev.walvault.cli.wiring.Wiring;
import dev.walvault.observe.Pause;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.DataDirectory;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.WalFile;
import dev.walvault.prefetch.PrefetchingGet;
import dev.walvault.vault.MemberAccess;
import dev.walvault.vault.MemberVault;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "archive-get",
        description = {
            "Fetches a WAL file from the vault (for restore_command).",
            "%nThe exit status is 0 if the file was fetched and verified. It is 1 if the file is proven not to be in"
                    + " the vault. It is 255, which stops recovery, if that is not known. For a standby it is 1 instead"
                    + " of 255; see archive_get.standby_doubt.",
            "%nSeveral vaults are asked in their order until one has a sound copy. The file counts as absent only if"
                    + " every vault was reachable and none has it."
        },
        footer = {
            "%nExample, in postgresql.conf:",
            "  restore_command = 'walvault archive-get %%f %%p'",
        })
public final class ArchiveGetCommand implements Subcommand {
    private static final Duration LONGEST_OF_STANDBY = Duration.ofSeconds(5);

    private final Invocation invocation;

    @Parameters(index = "0", paramLabel = "NAME", description = "%%f of restore_command")
    private String name;

    @Parameters(index = "1", paramLabel = "PATH", description = "%%p of restore_command: where to put the file")
    private Path path;

    @Option(
            names = "--system-identifier",
            paramLabel = "NUMBER",
            description = "whose WAL to fetch if there is no data directory to tell; needed only if the vault knows"
                    + " several systems")
    private @Nullable SystemIdentifier system;

    /** To be described. */
    ArchiveGetCommand(Invocation invocation) {
        this(invocation, "", Path.of(""), Optional.empty());
    }

    ArchiveGetCommand(Invocation invocation, String name, Path path, Optional<SystemIdentifier> system) {
        this.invocation = invocation;
        this.name = name;
        this.path = path;
        this.system = system.orElse(null);
    }

    @Override
    public int run() throws ArchiverException {
        // first of all: whoever asks must still be there when the file is
        var handover = Handover.at(invocation.shell().directory().resolve(path));
        if (Doubt.isBeyondRecovery(
                DataDirectory.of(path, invocation.shell().directory()), List.of(name, path.toString()))) {
            // whatever stops the server now makes it go on along the old timeline, so it is not kept
            invocation
                    .console()
                    .detail("\"" + name + "\" is not looked for: recovery has ended, and the server has it");
            result(new GetOutcome.Absent());
            return ErrorCode.ABSENT.exitStatus();
        }
        try (var wiring = new Wiring(invocation)) {
            WalFile file = WalNames.parse(name);
            GetOutcome outcome = get(file, handover, wiring);
            switch (outcome) {
                case GetOutcome.Served _ -> {
                    // as it should be
                }
                case GetOutcome.Prefetched _ -> invocation.console().detail("\"" + name + "\" had been fetched ahead");
                case GetOutcome.Absent _ -> invocation.console().detail("\"" + name + "\" is not in the vault");
            }
            result(outcome);
            return outcome instanceof GetOutcome.Absent ? ErrorCode.ABSENT.exitStatus() : 0;
        }
    }

    private GetOutcome get(WalFile file, Handover handover, Wiring wiring) throws ArchiverException {
        Optional<PrefetchingGet> ahead = new Prefetching(invocation, wiring, path).get(Optional.ofNullable(system));
        ForkGuard.Fetch fetch = ahead.isPresent()
                ? () -> ahead.get().get(file, handover, () -> fetch(file, handover, wiring))
                : () -> fetch(file, handover, wiring);
        Path destination = handover.destination();
        return Handover.isForRecovery(destination)
                ? new ForkGuard(wiring.state(), destination.resolveSibling(""), invocation.console()).get(file, fetch)
                : fetch.fetch();
    }

    private GetOutcome fetch(WalFile file, Handover handover, Wiring wiring) throws ArchiverException {
        var get = new WalGet(retryBudget(), wiring.state(), InstantSource.system(), Pause.SLEEP, invocation.console());
        var sources = new ArrayList<WalGet.Source>();
        for (WiredVault vault : wiring.vaultsForSegment(wiring.restoringKeyring())) {
            sources.add(new WalGet.Source(vault, () -> member(vault.reopen())));
        }
        return get.get(file, handover, sources);
    }

    /**
     * A standby asks again by itself, and one that is being promoted waits for the answer to each of several questions.
     */
    private Duration retryBudget() throws ArchiverException {
        Duration budget = invocation.settings().duration(Setting.RETRY_BUDGET);
        DataDirectory data = DataDirectory.of(path, invocation.shell().directory());
        boolean asksAgain = Handover.isForRecovery(path) && (data.isStandby() || !data.isRecovering());
        return asksAgain && budget.compareTo(LONGEST_OF_STANDBY) > 0 ? LONGEST_OF_STANDBY : budget;
    }

    private void result(GetOutcome outcome) {
        invocation.console().result("archive-get", json -> outcome.describe(json.put("file", name)), () -> "");
    }

    private MemberVault member(MemberAccess access) throws ArchiverException {
        Optional<SystemIdentifier> local = DataDirectory.of(
                        path, invocation.shell().directory())
                .controlFile()
                .map(ControlFile::systemIdentifier);
        Optional<SystemIdentifier> named = Optional.ofNullable(system);
        if (local.isPresent() && named.isPresent() && !local.equals(named)) {
            throw Fault.of(
                            ErrorCode.WRONG_SYSTEM,
                            "the data directory is of system " + local.get() + ", but --system-identifier names "
                                    + named.get())
                    .hint("Leave the option out: the data directory says it.")
                    .postgres();
        }
        Optional<SystemIdentifier> known = local.or(() -> named);
        return access.of(known.isPresent() ? known.get() : Wiring.onlySystem(access));
    }
}
