package dev.walvault.cli.command;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.OwnLine;
import dev.walvault.aside.InterruptedRestore;
import dev.walvault.cli.console.CommandEvent;
import dev.walvault.cli.console.Invocation;
import dev.walvault.cli.console.Usage;
import dev.walvault.cli.report.DoctorReport;
import dev.walvault.cli.report.PolicyText;
import dev.walvault.cli.settings.Setting;
import dev.walvault.cli.settings.Settings;
import dev.walvault.cli.wiring.ConfiguredServer;
import dev.walvault.cli.wiring.Installation;
import dev.walvault.cli.wiring.OperatingUser;
import dev.walvault.cli.wiring.Server;
import dev.walvault.cli.wiring.Wiring;
import dev.walvault.doctor.HostChecks;
import dev.walvault.doctor.ServerChecks;
import dev.walvault.doctor.VaultDoctor;
import dev.walvault.examine.Check;
import dev.walvault.examine.Examiner;
import dev.walvault.examine.Finding;
import dev.walvault.json.JsonText;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.ServerShell;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.link.ServerAddress;
import dev.walvault.reach.ServerTimeline;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.Place;
import dev.walvault.vault.MemberVault;
import dev.walvault.vaults.FallThroughStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "doctor",
        description = {
            "Checks the storage behind each vault, the keys, and this host.",
            "%nIf \"pgdata\" is a data directory, its server is checked as well: may walvault take backups, and does"
                    + " the server archive with it? Failures come last, each with its fix.",
            "%nIt stores about 30 MB of test objects in each vault and removes them again. Run it as the server's"
                    + " user. The exit status is 0 if nothing failed, otherwise that of the first failure. Warnings do"
                    + " not count."
        },
        footer = {
            "%nExamples:",
            "  walvault doctor",
            "  walvault doctor --policies",
            "  walvault doctor --vault file:///mnt/offsite/pg --output json"
        })
final class DoctorCommand implements Subcommand {
    private static final String NOT_NOW = "\nor give --no-server, to examine the rest without it.";

    private final Invocation invocation;

    @Option(
            names = "--vault",
            paramLabel = "VAULT",
            description = "check this vault only: its number in the setting \"vault\", counted from 1, or any URL")
    private @Nullable String named;

    @Option(
            names = "--policies",
            description =
                    "check nothing; print the IAM policies that an S3 vault needs: to push, to restore, to expire")
    private boolean policies;

    @Option(names = "--no-server", description = "do not check the server; it need not run then")
    private boolean noServer;

    /** What failed so far: it is told at the end, where it is seen. */
    private final List<Failure> failures = new ArrayList<>();

    private record Failure(String place, Finding finding) {}

    DoctorCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public int run() throws ArchiverException {
        try (var wiring = new Wiring(invocation)) {
            List<Place> places = places(wiring);
            if (policies) {
                return printPolicies(places);
            }
            DoctorReport report = examine(wiring, places);
            tellFailures(places.size() > 1);
            boolean quiet = invocation.options().quiet();
            invocation.console().result("doctor", report::json, () -> quiet ? "" : report.summary());
            return report.worst().map(ErrorCode::exitStatus).orElse(0);
        }
    }

    private List<Place> places(Wiring wiring) throws ArchiverException {
        if (named != null) {
            return List.of(wiring.location(named));
        }
        invocation.settings().require(Setting.VAULT);
        return wiring.places().all();
    }

    private DoctorReport examine(Wiring wiring, List<Place> places) throws ArchiverException {
        Optional<Path> configured = invocation.settings().path(Setting.PGDATA);
        Optional<Path> pgdata = configured.filter(Files::isDirectory);
        boolean several = places.size() > 1;
        Examiner host = examiner("this host", several);
        if (invocation.shell().root().getAsBoolean()
                && OperatingUser.serversUser(invocation).isPresent()) {
            host.run(new Check("user", this::root));
        }
        Optional<SystemIdentifier> system = system(host, noServer ? pgdata : configured);
        host.run(HostChecks.of(wiring.localDirectories(), pgdata));
        Examiner server = examiner("the server", several);
        Optional<WalFile> archived = lookAtServer(server, pgdata, system);
        // with fewer copies than vaults, one of them may lack it for a while
        boolean everywhere =
                !several || invocation.settings().find(Setting.COPIES).equals(Optional.of("all"));
        var vaults = new ArrayList<DoctorReport.OfVault>();
        var examined = new ArrayList<MemberVault>();
        for (Place place : places) {
            OptionalInt number = wiring.places().numberOf(place);
            String name = several ? "vault " + number.orElseThrow() + ", \"" + place + "\"" : "the vault";
            var patient = new VaultDoctor.Patient(
                    () -> wiring.handle(place),
                    wiring.cluster(),
                    wiring.member(),
                    system,
                    server(system),
                    several ? Optional.of(() -> together(wiring, place, places)) : Optional.empty(),
                    everywhere ? archived : Optional.empty(),
                    wiring.lookingKeyring(),
                    invocation.settings().paths(Setting.IDENTITY_FILES),
                    invocation.settings().path(Setting.SIGNING_KEY_FILE));
            Examiner examiner = examiner(name, several);
            if (examiner.run(wiring.driverChecks(place, pgdata))) {
                new VaultDoctor(patient, place.remedies(), wiring.author(), examiner)
                        .examine(examined)
                        .ifPresent(examined::add);
            }
            vaults.add(new DoctorReport.OfVault(number, place, examiner.findings()));
        }
        return new DoctorReport(host.findings(), server.findings(), vaults);
    }

    private Optional<ServerTimeline> server(Optional<SystemIdentifier> system) throws ArchiverException {
        return system.isEmpty() ? Optional.empty() : ConfiguredServer.timeline(invocation.settings(), system.get());
    }

    /** The vault and behind it the others, as a restore reads them. What one of them fails in is told with that one. */
    private static ObjectStore together(Wiring wiring, Place first, List<Place> all) throws ArchiverException {
        var stores = new ArrayList<ObjectStore>();
        stores.add(wiring.handle(first));
        for (Place other : all) {
            if (!other.equals(first)) {
                opened(wiring, other).ifPresent(stores::add);
            }
        }
        return new FallThroughStore(stores, (_, _) -> {});
    }

    private static Optional<ObjectStore> opened(Wiring wiring, Place place) {
        try {
            return Optional.of(wiring.handle(place));
        } catch (ArchiverException _) {
            return Optional.empty();
        }
    }

    /**
     * Root may do everything, and has a state directory of its own: what it finds is not what the server's user would.
     */
    private Finding root(String check) throws ArchiverException {
        return Finding.failed(
                check,
                ErrorCode.USAGE,
                "this is root, and the server's calls are user \""
                        + OperatingUser.serversUser(invocation).orElseThrow()
                        + "\"'s: what follows is not true for them",
                "Run it as the server's user:" + OwnLine.of(OperatingUser.asServersUser(invocation, "doctor")));
    }

    /** Returns the newest file that the server takes for archived. */
    private Optional<WalFile> lookAtServer(Examiner examiner, Optional<Path> pgdata, Optional<SystemIdentifier> system)
            throws ArchiverException {
        if (noServer || pgdata.isEmpty() || system.isEmpty()) {
            String why =
                    noServer ? "not looked at, as --no-server wants" : "not looked at: pgdata is no data directory";
            examiner.run(new Check("server", check -> Finding.skipped(check, why)));
            return Optional.empty();
        }
        ServerAddress address = Server.address(invocation);
        var expected = new ServerChecks.Expected(
                pgdata.get(),
                system.get(),
                address.where() + " as user \"" + address.user() + "\"",
                Installation.launcher(),
                invocation.settings().file(),
                Settings.USUAL_FILE);
        return new ServerChecks(
                        () -> Server.connect(invocation, address, NOT_NOW),
                        expected,
                        ServerShell.of(pgdata.get()),
                        examiner)
                .examine();
    }

    /** Tells each finding as it comes, but failures at the end. */
    private Examiner examiner(String place, boolean several) {
        if (several) {
            invocation.console().heading(place);
        }
        return new Examiner(invocation.cancellation(), finding -> {
            invocation.console().on(new CommandEvent.Found(place, finding));
            if (finding.verdict() == Finding.Verdict.FAILED) {
                failures.add(new Failure(place, finding));
            } else {
                invocation.console().finding(finding);
            }
        });
    }

    private void tellFailures(boolean several) {
        String place = "";
        for (Failure failure : failures) {
            if (several && !failure.place().equals(place)) {
                place = failure.place();
                invocation.console().heading("failed: " + place);
            }
            invocation.console().finding(failure.finding());
        }
    }

    private static Optional<SystemIdentifier> system(Examiner examiner, Optional<Path> pgdata)
            throws ArchiverException {
        return pgdata.isEmpty()
                ? Optional.empty()
                : examiner.obtain(
                                "control file",
                                () -> {
                                    InterruptedRestore.requireNone(pgdata.get());
                                    return ControlFile.read(pgdata.get());
                                },
                                control -> "the data directory is of system " + control.systemIdentifier() + ", "
                                        + control.writer())
                        .map(ControlFile::systemIdentifier);
    }

    private int printPolicies(List<Place> places) throws ArchiverException {
        List<PolicyText> found =
                places.stream().flatMap(place -> PolicyText.of(place).stream()).toList();
        if (found.isEmpty()) {
            throw Usage.wrong("a vault on a file system has no IAM policies");
        }
        invocation
                .console()
                .result(
                        "doctor",
                        json -> {
                            found.getFirst().ofVault(json);
                            if (found.size() > 1) {
                                json.putObjects(
                                        "vaults",
                                        found.stream()
                                                .<Consumer<JsonText>>map(each -> each::ofVault)
                                                .toList());
                            }
                        },
                        () -> found.stream().map(PolicyText::text).collect(Collectors.joining("\n")));
        return 0;
    }
}
