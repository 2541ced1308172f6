package dev.walvault.cli.command;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.PostgresException;
import dev.walvault.cli.console.CommandEvent;
import dev.walvault.cli.console.Invocation;
import dev.walvault.cli.report.PolicyText;
import dev.walvault.cli.settings.Setting;
import dev.walvault.cli.wiring.OperatingUser;
import dev.walvault.cli.wiring.Server;
import dev.walvault.cli.wiring.WiredVault;
import dev.walvault.cli.wiring.Wiring;
import dev.walvault.json.JsonText;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.ControlFileData;
import dev.walvault.pg.DataChecksums;
import dev.walvault.pg.PgMajor;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.link.ServerFacts;
import dev.walvault.pg.link.ServerFiles;
import dev.walvault.pg.link.ServerSession;
import dev.walvault.store.CreateOutcome;
import dev.walvault.vault.KnownSystems;
import dev.walvault.vault.MemberAccess;
import dev.walvault.vault.SystemIdentity;
import dev.walvault.vault.Vault;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "init",
        description = {
            "Creates the vault and the cluster if they do not exist yet, and registers the server of \"pgdata\".",
            "%nThe server need not run. Running it again with the same settings changes nothing. A vault that exists"
                    + " with other settings is refused. With several vaults, each is prepared. To add one, add it to the"
                    + " list and run this again."
        },
        footer = {"%nExample:", "  walvault --config /etc/walvault/walvault.toml init"})
final class InitCommand implements Subcommand {
    private final Invocation invocation;

    @Option(
            names = "--new-system",
            description =
                    "register a server that replaces the one that the vault knows: after pg_upgrade, or a new initdb")
    private boolean newSystem;

    InitCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public int run() throws ArchiverException {
        OperatingUser.refuseRoot(invocation, "init");
        try (var wiring = new Wiring(invocation)) {
            // first what can be refused without leaving anything behind
            SystemIdentity identity =
                    identity(wiring.controlFile(), wiring.author().clock().instant());
            wiring.requireOutsideOfServer(invocation.settings().requirePath(Setting.PGDATA));
            var made = new ArrayList<Made>();
            for (WiredVault vault : wiring.vaults(wiring.storingKeyring())) {
                try {
                    made.add(register(vault, identity, PolicyText.of(vault.place())));
                } catch (ArchiverException e) {
                    throw made.isEmpty() ? e : afterOthers(vault, made, e);
                }
            }
            Vault.requireTogether(
                    made.stream().map(each -> each.access().vault()).toList());
            Made first = made.getFirst();
            invocation
                    .console()
                    .result(
                            "init",
                            json -> {
                                first.put(json);
                                json.put("cluster", first.access().cluster().value())
                                        .put("member", first.access().member().value())
                                        .put(
                                                "systemIdentifier",
                                                identity.system().toString())
                                        .put("created", first.outcome() == CreateOutcome.CREATED);
                                first.putPolicies(json);
                                if (made.size() > 1) {
                                    json.putObjects(
                                            "vaults",
                                            made.stream()
                                                    .<Consumer<JsonText>>map(each -> each::json)
                                                    .toList());
                                }
                            },
                            () -> made.stream().map(each -> each.text(identity)).collect(Collectors.joining("\n")));
            return 0;
        }
    }

    /** A vault that knows the system now. */
    private record Made(MemberAccess access, CreateOutcome outcome, Optional<PolicyText> policies) {
        JsonText put(JsonText json) {
            return json.put("vault", access.vault().location())
                    .put("vaultId", access.vault().id())
                    .put("encrypted", access.vault().encrypted());
        }

        void json(JsonText json) {
            put(json).put("created", outcome == CreateOutcome.CREATED);
            putPolicies(json);
        }

        /** What S3 has to allow is told once, when it has to be set up; "doctor" tells it again. */
        String text(SystemIdentity identity) {
            String told = InitCommand.text(access, identity, outcome);
            return outcome == CreateOutcome.CREATED
                    ? told + policies.map(each -> "\n\n" + each.text()).orElse("")
                    : told;
        }

        void putPolicies(JsonText json) {
            policies.ifPresent(each -> json.putObject("policies", each::json));
        }
    }

    private Made register(WiredVault vault, SystemIdentity identity, Optional<PolicyText> policies)
            throws ArchiverException {
        MemberAccess access = vault.create();
        access.vault().createCluster(access.cluster(), identity.created());
        if (!newSystem) {
            refuseAnotherSystem(access, identity);
        }
        return new Made(access, access.of(identity.system()).register(identity), policies);
    }

    /** A configuration that was copied, or names another data directory, must not add a system by accident. */
    private static void refuseAnotherSystem(MemberAccess access, SystemIdentity identity) throws ArchiverException {
        List<SystemIdentifier> known = access.vault().systems(access.cluster(), access.member());
        if (!known.isEmpty() && !known.contains(identity.system())) {
            throw Fault.of(
                            ErrorCode.WRONG_SYSTEM,
                            "the vault knows another system as member \"" + access.member() + "\" of cluster \""
                                    + access.cluster() + "\"")
                    .detail("the server of pgdata is system " + identity.system() + ", PostgreSQL "
                            + identity.postgresMajor() + "; known: " + KnownSystems.of(access))
                    .hint(
                            "If this server replaced the other one (pg_upgrade, initdb), say --new-system, and take a backup."
                                    + " If it is another server, give it a cluster or member name of its own.")
                    .postgres();
        }
    }

    private static ArchiverException afterOthers(WiredVault vault, List<Made> made, ArchiverException e) {
        String done = made.stream()
                .map(each -> "\"" + each.access().vault().location() + "\"")
                .collect(Collectors.joining(", "));
        return Fault.from(e)
                .message("vault \"" + vault.location() + "\": " + e.getMessage())
                .detail(e.detail().map(detail -> detail + "; ").orElse("") + "done: " + done)
                .cause(e)
                .exception();
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

    private SystemIdentity identity(ControlFile control, Instant now) throws ArchiverException {
        if (control.major().isEmpty()) {
            invocation.console().on(new CommandEvent.ServerUnknown(control.writer()));
        }
        if (control.data().isEmpty()) {
            return identityByServer(control, now);
        }
        ControlFileData data = control.data().get();
        PgMajor major = control.major().isPresent()
                ? control.major().get()
                : PgMajor.ofDataDirectory(invocation.settings().requirePath(Setting.PGDATA));
        return new SystemIdentity(
                control.systemIdentifier(),
                major.number(),
                control.catalogVersion(),
                data.walSegmentSize(),
                data.blockSize(),
                data.walBlockSize(),
                data.dataChecksums() == DataChecksums.ON,
                now);
    }

    /** What is not known how to read, the server knows. */
    private SystemIdentity identityByServer(ControlFile control, Instant now) throws ArchiverException {
        try (ServerSession session = Server.connect(invocation)) {
            ServerFacts facts = session.facts();
            Path pgdata = invocation.settings().requirePath(Setting.PGDATA);
            facts.requireSystem(control.systemIdentifier(), pgdata);
            ServerFiles files = facts.files();
            return new SystemIdentity(
                    facts.system(),
                    facts.major().number(),
                    files.catalogVersion(),
                    files.walSegmentSize(),
                    files.blockSize(),
                    files.walBlockSize(),
                    files.checksums() == DataChecksums.ON,
                    now);
        } catch (PostgresException e) {
            throw Fault.from(e)
                    .message("the control file has a layout that walvault does not know, and asking the server instead"
                            + " failed: " + e.getMessage())
                    .cause(e)
                    .exception();
        }
    }
}
