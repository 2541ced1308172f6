package dev.walvault.cli;

import dev.walvault.ArchiverException;
import dev.walvault.archive.Debts;
import dev.walvault.json.JsonText;
import dev.walvault.pg.WalFile;
import dev.walvault.restore.WalLag;
import dev.walvault.vault.Backup;
import dev.walvault.vault.BackupId;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.RestorePoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * How one of several vaults stands to the others in respect of one system, for {@code info}.
 *
 * @param failure why it cannot be reached; nothing is known of its WAL then
 * @param lacks what others have of backups and restore points
 * @param debts how many files this host is to bring there
 * @param setAside those that it cannot
 */
record VaultReport(
        int number,
        String location,
        Optional<String> failure,
        List<WalLag> wal,
        Lacks lacks,
        long debts,
        List<Debts.Failed> setAside) {
    private static final List<String> HEADINGS = List.of("VAULT", "TIMELINE", "LAST SEGMENT", "LACKS");

    /** What a vault does not have that another one has, besides WAL. */
    record Lacks(List<BackupId> backups, List<RestorePoint> points) {
        static final Lacks NOTHING = new Lacks(List.of(), List.of());

        Lacks {
            backups = List.copyOf(backups);
            points = List.copyOf(points);
        }

        private static Lacks of(MemberVault vault, SystemReport together) throws ArchiverException {
            var backups = together.backups().complete().stream().map(Backup::id).collect(Collectors.toList());
            vault.backups().list().complete().forEach(own -> backups.remove(own.id()));
            var points = new ArrayList<>(together.points().points());
            points.removeAll(vault.restorePoints().all().points());
            return new Lacks(backups, points);
        }
    }

    VaultReport {
        wal = List.copyOf(wal);
        setAside = List.copyOf(setAside);
    }

    /** One for each vault, in their order. */
    static List<VaultReport> of(ReadVaults vaults, MemberKeys keys, SystemReport together, Debts debts)
            throws ArchiverException {
        var reachable = new ArrayList<MemberVault>();
        for (ReadVaults.One one : vaults.all()) {
            if (one.access().isPresent()) {
                reachable.add(one.access().get().of(keys.system()));
            }
        }
        var lags = WalLag.between(reachable, together.identity().segmentSize()).iterator();
        var members = reachable.iterator();
        var reports = new ArrayList<VaultReport>();
        for (ReadVaults.One one : vaults.all()) {
            reports.add(new VaultReport(
                    one.vault().number(),
                    one.vault().location(),
                    one.failure().map(failure -> String.valueOf(failure.getMessage())),
                    one.access().isPresent() ? lags.next() : List.of(),
                    one.access().isPresent() ? Lacks.of(members.next(), together) : Lacks.NOTHING,
                    debts.count(one.vault(), keys),
                    debts.setAside(one.vault(), keys)));
        }
        return reports;
    }

    Consumer<JsonText> json() {
        return json -> json.put("number", number)
                .put("vault", location)
                .put("reachable", failure.isEmpty())
                .put("failure", failure)
                .putObjects("wal", wal.stream().map(VaultReport::json).toList())
                .putTexts(
                        "lackingBackups",
                        lacks.backups().stream().map(BackupId::toString).toList())
                .putTexts(
                        "lackingRestorePoints",
                        lacks.points().stream().map(RestorePoint::name).toList())
                .put("toBeBrought", debts)
                .putObjects("failed", setAside.stream().map(VaultReport::json).toList());
    }

    private static Consumer<JsonText> json(WalLag lag) {
        return json -> json.put(
                        "timeline", Integer.toUnsignedLong(lag.timeline().value()))
                .put("last", lag.last().map(WalFile.Segment::name))
                .put("lacking", lag.lacking());
    }

    private static Consumer<JsonText> json(Debts.Failed failed) {
        return json -> json.put("file", failed.file()).put("reason", failed.reason());
    }

    static String text(List<VaultReport> reports) {
        var rows = new ArrayList<List<String>>();
        var lines = new StringBuilder();
        for (VaultReport report : reports) {
            report.addRows(rows);
            report.addLacks(lines);
            for (Debts.Failed failed : report.setAside) {
                lines.append('"')
                        .append(failed.file())
                        .append("\" cannot be brought to vault ")
                        .append(report.number)
                        .append(":\n  ")
                        .append(failed.reason())
                        .append('\n');
            }
            if (report.failure.isPresent()) {
                lines.append("vault ")
                        .append(report.number)
                        .append(
                                " cannot be reached, and is left out of everything above:\n  it may hold more backups and"
                                        + " WAL\n");
            }
        }
        return "\n" + Texts.table(HEADINGS, rows) + lines;
    }

    private void addRows(List<List<String>> rows) {
        if (failure.isPresent()) {
            rows.add(row("-", "cannot be reached", "unknown"));
        } else if (wal.isEmpty()) {
            rows.add(row("-", "none", "0"));
        }
        for (WalLag lag : wal) {
            rows.add(row(
                    lag.timeline().toString(),
                    lag.last().map(WalFile.Segment::name).orElse("none"),
                    String.valueOf(lag.lacking())));
        }
    }

    private List<String> row(String timeline, String last, String lacking) {
        return List.of(String.valueOf(number), timeline, last, lacking);
    }

    private void addLacks(StringBuilder lines) {
        addLacking("backup", lacks.backups().stream().map(BackupId::toString).toList(), "", lines);
        addLacking(
                "restore point", lacks.points().stream().map(RestorePoint::name).toList(), " --all", lines);
        if (debts > 0) {
            lines.append(Texts.counted(debts, "file"))
                    .append(" of the WAL ")
                    .append(debts == 1 ? "is" : "are")
                    .append(" still to be brought to vault ")
                    .append(number)
                    .append(" by this host\n");
        }
    }

    private void addLacking(String what, List<String> names, String selection, StringBuilder lines) {
        if (!names.isEmpty()) {
            lines.append("vault ")
                    .append(number)
                    .append(" lacks ")
                    .append(Texts.counted(names.size(), what))
                    .append(", which \"walvault copy FROM " + number + selection + "\" brings there:\n  ")
                    .append(names.stream().map(Texts::visibleLine).collect(Collectors.joining("\n  ")))
                    .append('\n');
        }
    }
}
