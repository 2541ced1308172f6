package dev.walvault.cli.command;

import dev.walvault.ArchiverException;
import dev.walvault.backup.ArchiverWatch;
import dev.walvault.backup.OwnDirectory;
import dev.walvault.backup.RestorePointWriter;
import dev.walvault.backup.WalWait;
import dev.walvault.cli.console.CommandEvent;
import dev.walvault.cli.console.Invocation;
import dev.walvault.cli.console.Usage;
import dev.walvault.cli.option.VaultOption;
import dev.walvault.cli.settings.Setting;
import dev.walvault.cli.settings.Settings;
import dev.walvault.cli.wiring.OperatingUser;
import dev.walvault.cli.wiring.Server;
import dev.walvault.cli.wiring.WiredVault;
import dev.walvault.cli.wiring.Wiring;
import dev.walvault.observe.Pause;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.link.ServerFacts;
import dev.walvault.pg.link.ServerSession;
import dev.walvault.points.PointIndex;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.RestorePoint;
import dev.walvault.vaults.MemberVaults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "create",
        description = {
            "Creates a restore point and waits until its WAL is in the vault.",
            "%nA name can be used only once, also if SQL has used it, because recovery stops at the first record with that"
                    + " name. The wait ends after backup.wal_timeout; the restore point exists even then."
        },
        footer = {"%nExample:", "  walvault restore-point create before-release-42"})
final class RestorePointCreateCommand implements Subcommand {
    private final Invocation invocation;
    private final InstantSource clock = InstantSource.system();

    @Parameters(paramLabel = "NAME", description = "1 to 63 bytes")
    private String name = "";

    @Option(names = "--no-wait", description = "do not wait until its WAL is in the vault")
    private boolean noWait;

    @Mixin
    private final VaultOption vault = new VaultOption();

    RestorePointCreateCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public int run() throws ArchiverException {
        OperatingUser.refuseRoot(invocation, "restore-point create");
        Usage.meant(() -> {
            RestorePoint.requireName(name);
            return name;
        });
        Settings settings = invocation.settings();
        try (var wiring = new Wiring(invocation);
                ServerSession session = Server.connect(invocation)) {
            List<WiredVault> vaults = vault.some(wiring.vaults(wiring.storingKeyring()));
            var access = vaults.getFirst().open();
            ServerFacts server = session.facts();
            requireSameServer(settings.path(Setting.PGDATA), session);
            MemberVault member = access.of(server.system());
            // a name that SQL has used is taken as well
            new PointIndex(MemberVaults.of(member), invocation.cancellation()).complete();
            var writer = new RestorePointWriter(member, session);
            Path wal =
                    settings.path(Setting.PGDATA).orElse(server.dataDirectory()).resolve("pg_wal");
            RestorePoint point = writer.create(name, wal);
            vaults.stream().skip(1).forEach(other -> tell(vaults.getFirst(), other, server.system(), point));
            if (!noWait) {
                var wait = new WalWait(
                        member,
                        ArchiverWatch.begin(session),
                        clock,
                        Pause.SLEEP,
                        invocation.cancellation(),
                        invocation.console());
                writer.await(point, wait, wal, clock.instant().plus(settings.duration(Setting.WAL_TIMEOUT)));
            }
            invocation
                    .console()
                    .result(
                            "restore-point create",
                            json -> {
                                point.describe(json);
                                json.put("walInVault", !noWait);
                            },
                            () -> "restore point \"" + name + "\" is at " + point.lsn() + " on timeline "
                                    + point.timeline()
                                    + (noWait ? "; its WAL may not be in the vault yet" : "; its WAL is in the vault"));
            return 0;
        }
    }

    /**
     * The name is given away by the first vault. The others know where it is as well, so that each can be restored from
     * alone.
     */
    private void tell(WiredVault first, WiredVault other, SystemIdentifier system, RestorePoint point) {
        try {
            other.open().of(system).restorePoints().publish(point);
        } catch (ArchiverException e) {
            invocation
                    .console()
                    .on(new CommandEvent.RestorePointNotThere(
                            point.name(), first.number(), other.number(), other.location(), e));
        }
    }

    private static void requireSameServer(Optional<Path> pgdata, ServerSession session) throws ArchiverException {
        if (pgdata.isEmpty() || !Files.isReadable(pgdata.get().resolve(ControlFile.PATH))) {
            return;
        }
        session.facts().requireSystem(ControlFile.read(pgdata.get()).systemIdentifier(), pgdata.get());
        OwnDirectory.require(session, pgdata.get(), Pause.SLEEP);
    }
}
