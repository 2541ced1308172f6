package dev.walvault.cli;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.PgMajor;
import dev.walvault.store.CreateOutcome;
import dev.walvault.vault.MemberAccess;
import dev.walvault.vault.SystemIdentity;
import dev.walvault.vault.Vault;
import java.time.Instant;
import picocli.CommandLine.Command;

@Command(
        name = "init",
        description = {
            "Creates the vault and the cluster where they are not there yet, and introduces the server of \"pgdata\".",
            "%nThe server need not run. Doing it again with the same settings changes nothing; a vault that exists with"
                    + " other settings is refused."
        },
        footer = {"%nExample:", "  walvault --config /etc/walvault/walvault.toml init"})
final class InitCommand implements Subcommand {
    private final Invocation invocation;

    InitCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public int run() throws ArchiverException {
        try (var wiring = new Wiring(invocation)) {
            // first what can be refused without leaving anything behind
            SystemIdentity identity =
                    identity(wiring.controlFile(), wiring.author().clock().instant());
            Vault vault = wiring.createVault();
            vault.createCluster(wiring.cluster(), identity.created());
            var access = new MemberAccess(
                    vault, wiring.cluster(), wiring.member(), wiring.storingKeyring(), wiring.author());
            CreateOutcome outcome = access.of(identity.system()).introduce(identity);
            invocation
                    .console()
                    .result(
                            "init",
                            json -> json.put("vault", vault.location())
                                    .put("vaultId", vault.id())
                                    .put("encrypted", vault.encrypted())
                                    .put("cluster", access.cluster().value())
                                    .put("member", access.member().value())
                                    .put("systemIdentifier", identity.system().toString())
                                    .put("created", outcome == CreateOutcome.CREATED),
                            () -> text(access, identity, outcome));
            return 0;
        }
    }

    private static String text(MemberAccess access, SystemIdentity identity, CreateOutcome outcome) {
        String where = "member \"" + access.member() + "\" of cluster \"" + access.cluster() + "\" in the vault at \""
                + access.vault().location() + "\"";
        String kind = access.vault().encrypted() ? "encrypted" : "not encrypted";
        return switch (outcome) {
            case CREATED -> "system " + identity.system() + " is now " + where + " (" + kind + ")";
            case ALREADY_THERE ->
                "already there: system " + identity.system() + " is " + where + " (" + kind + "); nothing was changed";
        };
    }

    private static SystemIdentity identity(ControlFile control, Instant now) throws ArchiverException {
        PgMajor major = PgMajor.fromCatalogVersion(control.catalogVersion())
                .orElseThrow(() -> Fault.of(
                                ErrorCode.POSTGRES_VERSION,
                                "catalog version " + control.catalogVersion() + " is of no supported PostgreSQL")
                        .hint("Versions 13 to 18 are supported.")
                        .postgres());
        return new SystemIdentity(
                control.systemIdentifier(),
                major.number(),
                control.catalogVersion(),
                control.walSegmentSize(),
                control.blockSize(),
                control.walBlockSize(),
                control.dataChecksums(),
                now);
    }
}
