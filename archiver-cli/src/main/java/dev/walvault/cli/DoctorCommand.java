package dev.walvault.cli;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.cli.settings.Setting;
import dev.walvault.cli.settings.Settings;
import dev.walvault.config.StoreLocation;
import dev.walvault.doctor.LocalDirectory;
import dev.walvault.doctor.VaultDoctor;
import dev.walvault.examine.Examiner;
import dev.walvault.examine.Finding;
import dev.walvault.json.JsonText;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.store.s3.S3Policies;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "doctor",
        description = {
            "Tests a vault where it is: whether its store keeps the rules that a vault rests on, whether the keys fit, and"
                    + " whether this host is prepared. Each failure comes with its fix.",
            "%nIt stores probes of its own, about 30 MB in all, and removes them. Run it as the server's user. The status is 0"
                    + " if nothing failed; warnings do not count."
        },
        footer = {
            "%nExamples:",
            "  walvault doctor",
            "  walvault doctor --policies",
            "  walvault doctor --vault file:///mnt/offsite/pg --output json"
        })
final class DoctorCommand implements Subcommand {
    private final Invocation invocation;

    @Option(
            names = "--vault",
            paramLabel = "VAULT",
            description = "which vault: a number of the configuration, from 1 (default), or a URL")
    private String vault = "1";

    @Option(
            names = "--policies",
            description =
                    "examine nothing; print the IAM policies that an S3 vault needs: to push, to restore, to expire")
    private boolean policies;

    DoctorCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public int run() throws ArchiverException {
        Settings settings = invocation.settings();
        var examiner = new Examiner(invocation.cancellation(), invocation.console()::finding);
        try (var wiring = new Wiring(invocation)) {
            StoreLocation location = wiring.location(vault);
            if (policies) {
                return printPolicies(location);
            }
            Optional<Path> pgdata = settings.path(Setting.PGDATA).filter(Files::isDirectory);
            examiner.run(wiring.driverChecks(location, pgdata));
            var patient = new VaultDoctor.Patient(
                    () -> wiring.handle(location),
                    wiring.cluster(),
                    wiring.member(),
                    system(examiner, pgdata),
                    pgdata,
                    wiring.storingKeyring(),
                    settings.paths(Setting.IDENTITY_FILES),
                    directories());
            new VaultDoctor(patient, Wiring.remedies(location), wiring.author(), examiner).examine();
        }
        invocation
                .console()
                .result(
                        "doctor",
                        json -> json.put("vault", vault)
                                .putObjects(
                                        "findings",
                                        examiner.findings().stream()
                                                .map(DoctorCommand::json)
                                                .toList()),
                        () -> summary(examiner.findings()));
        return examiner.worst().map(ErrorCode::exitStatus).orElse(0);
    }

    private int printPolicies(StoreLocation location) throws ArchiverException {
        S3Policies found = Wiring.policies(location)
                .orElseThrow(() -> Usage.wrong("a vault on a file system has no IAM policies"));
        invocation.console().result("doctor", PolicyText.json(found), () -> PolicyText.text(found));
        return 0;
    }

    private static Optional<SystemIdentifier> system(Examiner examiner, Optional<Path> pgdata)
            throws ArchiverException {
        return pgdata.isEmpty()
                ? Optional.empty()
                : examiner.obtain(
                        "control file",
                        () -> ControlFile.read(pgdata.get()).systemIdentifier(),
                        system -> "the data directory is of system " + system);
    }

    private static List<LocalDirectory> directories() {
        return List.of(new LocalDirectory(
                "temporary files",
                Path.of(System.getProperty("java.io.tmpdir")),
                "WALVAULT_JAVA_OPTS=-Djava.io.tmpdir=DIR"));
    }

    private static Consumer<JsonText> json(Finding finding) {
        return json -> json.put("check", finding.check())
                .put("verdict", finding.verdict().name().toLowerCase(Locale.ROOT))
                .put("seen", finding.seen())
                .put("code", finding.code().map(ErrorCode::name))
                .put("fix", finding.fix());
    }

    private static String summary(List<Finding> findings) {
        long failed = count(findings, Finding.Verdict.FAILED);
        long warnings = count(findings, Finding.Verdict.WARNING);
        String counted = findings.size() + " checks, " + warnings + " warnings, " + failed + " failed";
        return "\n" + (failed == 0 ? "the vault can be relied on: " : "the vault cannot be relied on: ") + counted;
    }

    private static long count(List<Finding> findings, Finding.Verdict verdict) {
        return findings.stream().filter(each -> each.verdict() == verdict).count();
    }
}
