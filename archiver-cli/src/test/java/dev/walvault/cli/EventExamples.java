package dev.walvault.cli;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.archive.ArchiveEvent;
import dev.walvault.archive.SalvageReport;
import dev.walvault.aside.AsideEvent;
import dev.walvault.backup.BackupEvent;
import dev.walvault.backup.SourceEvent;
import dev.walvault.cli.console.CommandEvent;
import dev.walvault.cli.settings.SettingsEvent;
import dev.walvault.copy.CopyEvent;
import dev.walvault.copy.CopyOptions;
import dev.walvault.copy.LeftOut;
import dev.walvault.examine.Finding;
import dev.walvault.observe.Event;
import dev.walvault.observe.Progress;
import dev.walvault.observe.Retrying;
import dev.walvault.pg.DataChecksums;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.restore.RestoreEvent;
import dev.walvault.store.http.HttpEvent;
import dev.walvault.vault.BackupId;
import dev.walvault.vault.KnownSystems;
import dev.walvault.vaults.VaultsEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** One event of each kind, with all of its members. */
final class EventExamples {
    private static final SystemIdentifier SYSTEM = SystemIdentifier.parse("7710402306484196734");
    private static final WalFile.Segment SEGMENT = segment("000000010000000000000003");
    private static final WalFile.Segment LATER = segment("000000020000000000000003");
    private static final WalFile.Partial PARTIAL = new WalFile.Partial(SEGMENT);
    private static final Lsn LSN = Lsn.parse("0/3000098");
    private static final BackupId BACKUP = new BackupId(Instant.parse("2026-11-20T22:15:30Z"));
    private static final Path DATA = Path.of("/data");
    private static final String VAULT = "file:///backup/pg";
    private static final KnownSystems.Known KNOWN =
            new KnownSystems.Known(SYSTEM, Optional.empty(), Optional.of(BACKUP));
    private static final KnownSystems SYSTEMS = new KnownSystems(List.of(KNOWN));

    private EventExamples() {}

    private static ArchiverException reason() {
        return Fault.of(ErrorCode.CORRUPT, "it is damaged").detail("so and so").integrity();
    }

    private static WalFile.Segment segment(String name) {
        return (WalFile.Segment) WalFile.parse(name);
    }

    static List<Event> all() {
        return Stream.of(ofObserve(), ofArchive(), ofBackup(), ofRestore(), ofCommands())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Event> ofObserve() {
        return List.of(
                new Progress(1, 2, 3),
                new Retrying(reason(), Duration.ofSeconds(1)),
                new HttpEvent.ClockDiffers("the clock of this host differs"));
    }

    private static List<Event> ofArchive() {
        return List.of(
                new ArchiveEvent.StoredBeside(PARTIAL, SEGMENT, reason()),
                new ArchiveEvent.CopyReplaced(SEGMENT, reason()),
                new ArchiveEvent.CopyNotVerified(SEGMENT),
                new ArchiveEvent.RetryHelped(SEGMENT),
                new ArchiveEvent.LookAheadFailed(reason()),
                new ArchiveEvent.LookAheadEnded(new IllegalStateException("x")),
                new ArchiveEvent.AncestorWithheld(SEGMENT, LATER),
                new ArchiveEvent.ForkNotNoted(SEGMENT, reason()),
                new ArchiveEvent.SalvageStarted(SYSTEM, DATA),
                new ArchiveEvent.NotSalvaged(reason()),
                new VaultsEvent.VaultBehind(VAULT, reason(), true),
                new VaultsEvent.DebtSetAside(SEGMENT, VAULT, reason()),
                new VaultsEvent.VaultLacksFile(SEGMENT, VAULT, reason()),
                new VaultsEvent.VaultSlow(SEGMENT, VAULT, Duration.ofSeconds(5)),
                new VaultsEvent.ServedElsewhere(SEGMENT, VAULT, reason()));
    }

    private static List<Event> ofBackup() {
        return List.of(
                new BackupEvent.CheckpointAwaited(BACKUP),
                new BackupEvent.Copying(BACKUP, LSN),
                new BackupEvent.WalAwaited(BACKUP, LSN, SEGMENT),
                new BackupEvent.WalLate(SEGMENT, "the archiver is silent"),
                new BackupEvent.ChecksumsChanged(DataChecksums.ON, DataChecksums.OFF, 2),
                new BackupEvent.VersionUnknown("20.0", "the server is of version 20.0"),
                new BackupEvent.ClockWentBack(BACKUP, BACKUP.next()),
                new BackupEvent.UploadsRemoved(2),
                new BackupEvent.UploadsLeft(reason()),
                new BackupEvent.FailedBackupLeft(BACKUP, reason()),
                new BackupEvent.HistoryMissing(TimelineId.FIRST, LATER),
                new BackupEvent.HistoryClosed(TimelineId.FIRST, LATER),
                new BackupEvent.HistoryUnusable(TimelineId.FIRST, LATER, reason()),
                new SourceEvent.BadPages("base/5/1259", List.of(1L, 2L), 7),
                new SourceEvent.LeftOut("a.sock", "is neither a file nor a directory and is left out"),
                new SourceEvent.LinkFollowed("pg_wal", "/wal"),
                new SourceEvent.LinkStored("link", "/elsewhere"));
    }

    private static List<Event> ofRestore() {
        return List.of(
                new RestoreEvent.Caveat("the vault knows no restore point \"p\""),
                new RestoreEvent.Started(BACKUP, DATA),
                new RestoreEvent.Syncing(DATA),
                new RestoreEvent.ReadAgain("pack 000001", reason(), true),
                new RestoreEvent.LeftBehind(reason()),
                new RestoreEvent.TailTooShort(PARTIAL, LSN, LSN),
                new RestoreEvent.TailUnusable(PARTIAL, reason()),
                new RestoreEvent.TablespaceAtOldPlace(16400, DATA),
                new RestoreEvent.TablespacesUnknown("backup " + BACKUP, reason(), "it is damaged"),
                new RestoreEvent.TablespaceAwaited(16400, DATA, true),
                new RestoreEvent.TablespaceGivenUp(16400, DATA, true),
                new RestoreEvent.LookingAhead(100),
                new RestoreEvent.WalUnknown("0/3000000 to 0/4000000"),
                new RestoreEvent.ServerBeside(DATA, true),
                new RestoreEvent.LinkRestored("link", "/elsewhere", false),
                new RestoreEvent.WalMovedIn("/wal"),
                new AsideEvent.ServerCrashed("4711"),
                new AsideEvent.ForeignSetAside(DATA, DATA, DATA),
                new AsideEvent.Undoing(DATA),
                new AsideEvent.MovingAside(DATA),
                new AsideEvent.RemovingOld(DATA),
                new AsideEvent.PuttingBack(DATA),
                new AsideEvent.OldIsBack(DATA),
                new AsideEvent.TablespaceLeft(16400, DATA),
                new AsideEvent.TablespaceGone("pg_tblspc/16400", DATA));
    }

    private static List<Event> ofCommands() {
        return List.of(
                new CopyEvent.CopyingBackup(BACKUP, SYSTEM, CopyOptions.Mode.COPY),
                new CopyEvent.CopyingRest(SYSTEM, CopyOptions.Mode.DRY_RUN),
                new CopyEvent.NotCopied(reason()),
                new CopyEvent.TimelineLeftOut(leftOut()),
                new CopyEvent.BackupIncomplete(BACKUP),
                new SettingsEvent.SecretExposed("identity file", DATA),
                new SettingsEvent.SettingIneffective("trust.unsigned_before", "trust.writers"),
                new SettingsEvent.VariableUnknown("WALVAULT_CLUSTRE", Optional.empty()),
                new CommandEvent.VaultLeftOut(VAULT, reason()),
                new CommandEvent.SystemChosen("main", KNOWN, SYSTEMS),
                new CommandEvent.SystemWithoutBackup(SYSTEM, SYSTEMS),
                new CommandEvent.ServerUnknown("Greenplum"),
                new CommandEvent.RestorePointLeftOut(reason()),
                new CommandEvent.RestorePointNotThere("p", 1, 2, VAULT, reason()),
                new CommandEvent.NotCaughtUp(reason()),
                new CommandEvent.BackupHasBadPages(BACKUP, 2),
                new CommandEvent.StateDirectoryForeign(DATA),
                new CommandEvent.PasswordFileUnused("password file \"p\" is not used"),
                new CommandEvent.Salvaged(report()),
                new CommandEvent.Found("this host", Finding.failed("user", reason())));
    }

    static LeftOut leftOut() {
        return new LeftOut(TimelineId.FIRST, LSN, TimelineId.FIRST);
    }

    /** A salvage of which something is left to say in every respect. */
    static SalvageReport report() {
        return new SalvageReport(
                SYSTEM,
                List.of(SEGMENT),
                2,
                List.of(new SalvageReport.Tail(SEGMENT, PARTIAL, LSN)),
                List.of(new SalvageReport.Reach(TimelineId.FIRST, LSN, true)),
                List.of(LATER),
                List.of(reason()));
    }
}
