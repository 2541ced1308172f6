package dev.walvault.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.aside.AsideReport;
import dev.walvault.cli.console.Console;
import dev.walvault.cli.console.Failures;
import dev.walvault.cli.report.InPlaceText;
import dev.walvault.cli.report.PointText;
import dev.walvault.cli.report.RestoreText;
import dev.walvault.cli.report.SystemReport;
import dev.walvault.cli.report.VaultReport;
import dev.walvault.json.JsonText;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.Subscription;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.TransactionSnapshot;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.pg.wal.WalFacts;
import dev.walvault.points.KnownPoints;
import dev.walvault.points.UnknownWal;
import dev.walvault.reach.RecoveryOutlook;
import dev.walvault.reach.RecoveryTarget;
import dev.walvault.reach.RecoveryWindows;
import dev.walvault.reach.TimelineChoice;
import dev.walvault.reach.WalEnd;
import dev.walvault.reach.WalLag;
import dev.walvault.restore.RecoverySettings;
import dev.walvault.restore.RestorePlan;
import dev.walvault.restore.RestoreResult;
import dev.walvault.restore.WalTail;
import dev.walvault.seal.Codec;
import dev.walvault.seal.ContentDigest;
import dev.walvault.seal.ObjectMeta;
import dev.walvault.seal.WriteStamp;
import dev.walvault.vault.Backup;
import dev.walvault.vault.BackupFacts;
import dev.walvault.vault.BackupId;
import dev.walvault.vault.BackupList;
import dev.walvault.vault.RestorePoint;
import dev.walvault.vault.RestorePointList;
import dev.walvault.vault.SystemIdentity;
import dev.walvault.vault.Vaults;
import dev.walvault.vault.WalProof;
import dev.walvault.vaults.Debts;
import dev.walvault.vaults.Divergence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What programs read: a member that is in one of these files stays there, with its meaning. */
class JsonContractTest {
    private static final Path GOLDEN = Path.of("src/test/resources/dev/walvault/cli/golden");
    private static final SystemIdentifier SYSTEM = SystemIdentifier.parse("7710402306484196734");
    private static final Instant START = Instant.parse("2026-11-20T22:15:30Z");

    private static final Backup BACKUP = new Backup(
            new BackupFacts(
                    new BackupId(START),
                    "nightly",
                    Map.of("ticket", "OPS-17", "by", "cron"),
                    SYSTEM,
                    "15.18",
                    150018,
                    TimelineId.FIRST,
                    Lsn.parse("0/2000028"),
                    Lsn.parse("0/2000100"),
                    START,
                    START.plusSeconds(60),
                    segment("000000010000000000000002"),
                    segment("000000010000000000000002"),
                    WalProof.CONTENT,
                    TransactionSnapshot.parse("730:730:"),
                    true,
                    2),
            965,
            23_000_000,
            1,
            2_800_000,
            new ContentDigest(1000, 42),
            Vaults.nothingStored(),
            Vaults.nothingStored(),
            "db1",
            "0.1.0");

    private static final RestorePoint POINT =
            new RestorePoint("before-release", Lsn.parse("0/3000098"), TimelineId.FIRST, START.plusSeconds(90));

    /** The same name on the same timeline, and WAL that does not say what it has. */
    private static KnownPoints points(ArchiverException... unreadable) {
        var again = new RestorePoint("nightly", Lsn.parse("0/4000098"), TimelineId.FIRST, START.plusSeconds(100));
        var nightly = new RestorePoint("nightly", Lsn.parse("0/8000098"), TimelineId.FIRST, START.plusSeconds(110));
        return new KnownPoints(
                new RestorePointList(List.of(nightly, POINT, again), List.of(unreadable)),
                Set.of(nightly, again),
                Set.of(nightly),
                List.of(
                        new UnknownWal(
                                UnknownWal.Reason.SILENT,
                                segment("000000010000000000000001"),
                                segment("000000010000000000000001"),
                                1),
                        new UnknownWal(
                                UnknownWal.Reason.CLOSED,
                                segment("000000010000000000000002"),
                                segment("000000010000000000000009"),
                                6)),
                List.of());
    }

    private static WalFile.Segment segment(String name) {
        return (WalFile.Segment) WalFile.parse(name);
    }

    private static void golden(String command, Consumer<JsonText> members) throws IOException {
        String json = JsonText.object(object -> {
            Console.head(object, command);
            members.accept(object);
        });
        Golden.check(GOLDEN.resolve(command.replace(' ', '-') + ".json"), json + "\n");
    }

    private static Divergence divergence() {
        var said = new ObjectMeta(
                "wal/00000002/00000000/000000020000000000000005",
                Codec.ZSTD,
                Optional.of(ContentDigest.of(new byte[] {1})),
                new WriteStamp("db1", "0.1.0", "0", START));
        var last = Optional.of(segment("000000020000000000000006"));
        return new Divergence(
                new TimelineId(2),
                segment("000000020000000000000005"),
                List.of(
                        new Divergence.Side("file:///backup/pg", said, last),
                        new Divergence.Side("s3://my-bucket/pg", said, last)));
    }

    private static SystemReport report() {
        var windows = new RecoveryWindows(
                List.of(new RecoveryWindows.TimelineWal(
                        TimelineId.FIRST,
                        segment("000000010000000000000001"),
                        segment("000000010000000000000009"),
                        List.of(new RecoveryWindows.Gap(
                                segment("000000010000000000000005"), segment("000000010000000000000006"))),
                        List.of(new WalFile.Partial(segment("00000001000000000000000A"))),
                        Optional.of(Fault.of(ErrorCode.KEY_MISSING, "no identity is configured")
                                .key()))),
                List.of(
                        new RecoveryWindows.BackupWal(BACKUP, Optional.empty()),
                        new RecoveryWindows.BackupWal(BACKUP, Optional.of(segment("000000010000000000000005")))),
                List.of(new RecoveryWindows.Window(
                        TimelineId.FIRST, true, BACKUP, Lsn.parse("0/5000000"), Optional.of(START.plusSeconds(300)))),
                List.of("orders/members/main/17443322110099887766/wal/00000001/00000000.x/000000010000000000000003"));
        var identity = new SystemIdentity(SYSTEM, 15, 202209061, WalSegmentSize.DEFAULT, 8192, 8192, true, START);
        var unreadable = Fault.of(
                        ErrorCode.CORRUPT,
                        "\"orders/members/main/17443322110099887766/backups/20261118T221530Z/complete.json\" is damaged")
                .integrity();
        var backups = new BackupList(
                List.of(BACKUP),
                List.of(BackupId.parse("20261121T221530Z")),
                List.of(new BackupList.Unreadable(BackupId.parse("20261118T221530Z"), unreadable)));
        var badPoint = Fault.of(
                        ErrorCode.CORRUPT,
                        "\"orders/members/main/17443322110099887766/points/p/00000001-0000000003000098.json\" is damaged")
                .integrity();
        return new SystemReport(identity, backups, windows, points(badPoint), List.of(divergence()));
    }

    @Test
    void backup() throws IOException {
        golden("backup", BACKUP::describe);
    }

    @Test
    void restore() throws IOException {
        RestorePlan plan = plan(new RecoveryTarget.AtName("before-release"));
        RestoreResult result = result(RecoverySettings.Role.PRIMARY, RecoverySettings.Action.PAUSE);
        golden("restore", RestoreText.json(plan, result, List.of("a warning")));
        Golden.check(GOLDEN.resolve("restore.txt"), RestoreText.text(plan, result) + "\n");
    }

    @Test
    void aStandbyFollowsOrGoesToItsTarget() {
        var standby = RecoverySettings.Role.STANDBY;

        assertThat(RestoreText.text(plan(new RecoveryTarget.Latest()), result(standby, RecoverySettings.Action.PAUSE)))
                .contains(
                        "when started, the standby follows the WAL in the vault, along timeline 1; start it with\n",
                        "archive_mode is off, and a primary needs it: to turn it on, before or right after the promotion, run\n")
                .doesNotContain("the end of the WAL");
        assertThat(RestoreText.text(
                        plan(new RecoveryTarget.AtName("p")), result(standby, RecoverySettings.Action.PROMOTE)))
                .contains(
                        "the standby follows timeline 1 to restore point \"p\"\nand is promoted there; start it with\n");
        assertThat(RestoreText.text(
                        plan(new RecoveryTarget.AtName("p")), result(standby, RecoverySettings.Action.PAUSE)))
                .contains("\nand pauses there, and is promoted when it is resumed; start it with\n");
    }

    @Test
    void theWayBackIsQuotedForAShell() {
        var aside = new AsideReport(true, List.of(Path.of("/d/my data.before-restore")));

        assertThat(InPlaceText.restored(Path.of("/d/my data"), aside))
                .contains("walvault restore --undo-in-place -D '/d/my data'\n")
                .contains("walvault restore --remove-set-aside -D '/d/my data'\n")
                .contains(
                        "\npostgresql.auto.conf is the backup's now; what was changed since is in \"/d/my data.before");
    }

    @Test
    void theConfigurationThatWasReplacedIsNamed(@TempDir Path former) throws IOException {
        Files.createFile(former.resolve("postgresql.conf"));

        assertThat(InPlaceText.restored(Path.of("/d"), new AsideReport(true, List.of(former))))
                .contains("\npostgresql.conf, postgresql.auto.conf and pg_hba.conf are the backup's now; ");
    }

    private static RestorePlan plan(RecoveryTarget target) {
        return plan(
                target,
                new RecoveryOutlook(
                        List.of(
                                new WalFacts.Creation(16407, "/srv/fast", Lsn.parse("0/3000210")),
                                new WalFacts.Creation(16408, "", Lsn.parse("0/3000310"))),
                        RecoveryOutlook.Ending.UNKNOWN,
                        Optional.empty(),
                        List.of(new RecoveryOutlook.Stretch(Lsn.parse("0/4000000"), Lsn.parse("0/5000000")))));
    }

    private static RestorePlan plan(RecoveryTarget target, RecoveryOutlook outlook) {
        return new RestorePlan(
                BACKUP,
                TimelineId.FIRST,
                new TimelineChoice.Automatic(),
                target,
                new WalEnd(Lsn.parse("0/5000000"), Optional.of(START), List.of()),
                outlook,
                Optional.empty(),
                Optional.empty(),
                List.of());
    }

    @Test
    void thatATimeMayNotBeReachedIsSaidOnlyWhereItIsNotKnown() {
        var target = new RecoveryTarget.AtTime(START, true);
        RestoreResult result = result(RecoverySettings.Role.PRIMARY, RecoverySettings.Action.PAUSE);
        var reached = new RecoveryOutlook(List.of(), RecoveryOutlook.Ending.AT_TARGET, Optional.empty(), List.of());

        assertThat(RestoreText.text(plan(target), result)).contains("if nothing was committed after the target");
        assertThat(RestoreText.text(plan(target, reached), result)).doesNotContain("if nothing was committed");
    }

    /** With an unfinished segment behind the others. */
    static RestorePlan withTail() {
        RestorePlan plan = plan(new RecoveryTarget.Latest());
        var tail = new WalTail(
                new WalFile.Partial(segment("000000010000000000000005")),
                new WriteStamp("db1", "0.1.0", "1", START),
                Lsn.parse("0/5000100"));
        return new RestorePlan(
                plan.backup(),
                plan.timeline(),
                plan.choice(),
                plan.target(),
                plan.wal(),
                plan.outlook(),
                Optional.of(tail),
                Optional.empty(),
                List.of());
    }

    private static RestoreResult result(RecoverySettings.Role role, RecoverySettings.Action action) {
        return new RestoreResult(
                Path.of("/restored"),
                965,
                23_000_000,
                Map.of(16400L, Path.of("/spc/16400")),
                new RecoverySettings(
                        "get", action, role, RecoverySettings.Archiving.OFF, RecoverySettings.Subscribing.OFF),
                List.of(new Subscription("shop", "orders", true), new Subscription("shop", "stock", false)),
                "pg_ctl -D /restored start");
    }

    @Test
    void info() throws IOException {
        golden(
                "info",
                json -> json.putTexts("vault", List.of("file:///backup/pg"))
                        .put("encrypted", true)
                        .put("cluster", "main")
                        .put("member", "main")
                        .putObjects("systems", List.of(report().json())));
    }

    @Test
    void infoForPeople() throws IOException {
        Golden.check(GOLDEN.resolve("info.txt"), report().text(ZoneOffset.ofHours(1)));
    }

    private static List<VaultReport> vaults() {
        return List.of(
                new VaultReport(
                        1,
                        "file:///backup/pg",
                        Optional.empty(),
                        List.of(new WalLag(TimelineId.FIRST, Optional.of(segment("000000010000000000000009")), 0)),
                        VaultReport.Lacks.NOTHING,
                        0,
                        List.of()),
                new VaultReport(
                        2,
                        "s3://bucket/pg",
                        Optional.empty(),
                        List.of(new WalLag(TimelineId.FIRST, Optional.of(segment("000000010000000000000007")), 2)),
                        new VaultReport.Lacks(Map.of(BACKUP.id(), 1), Map.of(POINT, 1)),
                        2,
                        List.of(new Debts.Failed("000000010000000000000003", "it has other content"))),
                new VaultReport(
                        3,
                        "/mnt/third",
                        Optional.of("it does not exist"),
                        List.of(),
                        VaultReport.Lacks.NOTHING,
                        9,
                        List.of()));
    }

    @Test
    void infoOfSeveralVaults() throws IOException {
        golden(
                "info-vaults",
                json -> json.putObjects(
                        "vaults", vaults().stream().map(VaultReport::json).toList()));
    }

    @Test
    void infoOfSeveralVaultsForPeople() throws IOException {
        Golden.check(GOLDEN.resolve("info-vaults.txt"), VaultReport.text(vaults()));
    }

    @Test
    void restorePoints() throws IOException {
        golden(
                "restore-point list",
                json -> json.putObjects("restorePoints", PointText.json(points()))
                        .putObjects("unknownWal", PointText.unknownJson(points())));
        golden("restore-point create", json -> {
            POINT.describe(json);
            json.put("walInVault", true);
        });
    }

    @Test
    void aRestorePointWithoutItsWalIsMarkedForPeople() {
        assertThat(PointText.text(points(), ZoneOffset.UTC).lines())
                .filteredOn(line -> line.endsWith(" (its WAL is not in the vault)"))
                .singleElement()
                .asString()
                .contains("0/8000098", "nightly");
    }

    @Test
    void error() throws IOException {
        var failure = Fault.of(ErrorCode.CONFLICT, "\"x\" is in the vault already")
                .detail("stored by host \"db1\"")
                .hint("Stop the one that should not archive.")
                .integrity();
        Golden.check(GOLDEN.resolve("error.json"), Failures.json("archive-push", failure) + "\n");
    }
}
