package dev.walvault.cli.report;

import dev.walvault.ArchiverException;
import dev.walvault.cli.console.Texts;
import dev.walvault.cli.wiring.ReadVaults;
import dev.walvault.json.JsonText;
import dev.walvault.pg.WalFile;
import dev.walvault.reach.WalLag;
import dev.walvault.vault.Backup;
import dev.walvault.vault.BackupId;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.RestorePoint;
import dev.walvault.vaults.Debts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How one of several vaults stands to the others in respect of one system, for {@code info}.
 *
 * @param failure why it cannot be reached; nothing is known of its WAL then
 * @param lacks what others have of backups and restore points
 * @param debts how many files this host is to bring there
 * @param setAside those that it cannot
 */
public record VaultReport(
        int number,
        String location,
        Optional<String> failure,
        List<WalLag> wal,
        Lacks lacks,
        long debts,
        List<Debts.Failed> setAside) {
    private static final List<String> HEADINGS = List.of("VAULT", "TIMELINE", "LAST SEGMENT", "LACKS");

    /** What a vault does not have besides WAL, and the number of the first vault that has it. */
    public record Lacks(Map<BackupId, Integer> backups, Map<RestorePoint, Integer> points) {
        /** A vault that has all that it should. */
        public static final Lacks NOTHING = new Lacks(Map.of(), Map.of());

        public Lacks {
            backups = Collections.unmodifiableMap(new LinkedHashMap<>(backups));
            points = Collections.unmodifiableMap(new LinkedHashMap<>(points));
        }

        private static Lacks of(Holds vault, List<Holds> all, SystemReport together) {
            var backups = new LinkedHashMap<BackupId, Integer>();
            var points = new LinkedHashMap<RestorePoint, Integer>();
            for (Holds other : all) {
                for (Backup backup : together.backups().complete()) {
                    if (other.backups().contains(backup.id())
                            && !vault.backups().contains(backup.id())) {
                        backups.putIfAbsent(backup.id(), other.number());
                    }
                }
                for (RestorePoint point : together.points().list().points()) {
                    if (other.points().contains(point.place())
                            && !vault.points().contains(point.place())) {
                        points.putIfAbsent(point, other.number());
                    }
                }
            }
            return new Lacks(backups, points);
        }
    }

    /** What a vault has besides WAL. */
    private record Holds(int number, Set<BackupId> backups, Set<RestorePoint.Place> points) {
        static Holds of(int number, MemberVault vault) throws ArchiverException {
            return new Holds(
                    number,
                    vault.backups().list().complete().stream().map(Backup::id).collect(Collectors.toSet()),
                    vault.restorePoints().all().points().stream()
                            .map(RestorePoint::place)
                            .collect(Collectors.toUnmodifiableSet()));
        }
    }

    public VaultReport {
        wal = List.copyOf(wal);
        setAside = List.copyOf(setAside);
    }

    /** One for each vault, in their order. */
    public static List<VaultReport> of(ReadVaults vaults, MemberKeys keys, SystemReport together, Debts debts)
            throws ArchiverException {
        var reachable = new ArrayList<MemberVault>();
        var held = new ArrayList<Holds>();
        for (ReadVaults.One one : vaults.all()) {
            if (one.access().isPresent()) {
                MemberVault member = one.access().get().of(keys.system());
                reachable.add(member);
                held.add(Holds.of(one.vault().number(), member));
            }
        }
        var lags = WalLag.between(reachable, together.identity().segmentSize()).iterator();
        var holds = held.iterator();
        var reports = new ArrayList<VaultReport>();
        for (ReadVaults.One one : vaults.all()) {
            reports.add(new VaultReport(
                    one.vault().number(),
                    one.vault().location(),
                    one.failure().map(failure -> String.valueOf(failure.getMessage())),
                    one.access().isPresent() ? lags.next() : List.of(),
                    one.access().isPresent() ? Lacks.of(holds.next(), held, together) : Lacks.NOTHING,
                    debts.count(one.vault(), keys),
                    debts.setAside(one.vault(), keys)));
        }
        return reports;
    }

    /** As programs read it. */
    public Consumer<JsonText> json() {
        return json -> json.put("number", number)
                .put("vault", location)
                .put("reachable", failure.isEmpty())
                .put("failure", failure)
                .putObjects("wal", wal.stream().map(VaultReport::json).toList())
                .putTexts(
                        "lackingBackups",
                        lacks.backups().keySet().stream()
                                .map(BackupId::toString)
                                .toList())
                .putTexts(
                        "lackingRestorePoints",
                        lacks.points().keySet().stream().map(RestorePoint::name).toList())
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

    /** As people read them. */
    public static String text(List<VaultReport> reports) {
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
        addLacking("backup", lacks.backups(), BackupId::toString, "", lines);
        addLacking("restore point", lacks.points(), RestorePoint::name, " --all", lines);
        if (debts > 0) {
            lines.append(Texts.counted(debts, "file"))
                    .append(" of the WAL ")
                    .append(debts == 1 ? "is" : "are")
                    .append(" still to be brought to vault ")
                    .append(number)
                    .append(" by this host\n");
        }
    }

    private <T> void addLacking(
            String what, Map<T, Integer> lacking, Function<T, String> name, String selection, StringBuilder lines) {
        for (int from : new TreeSet<>(lacking.values())) {
            List<String> names = lacking.entrySet().stream()
                    .filter(each -> each.getValue() == from)
                    .map(each -> Texts.visibleLine(name.apply(each.getKey())))
                    .toList();
            lines.append("vault ")
                    .append(number)
                    .append(" lacks ")
                    .append(Texts.counted(names.size(), what))
                    .append(", which \"walvault copy " + from + " " + number + selection + "\" brings there:\n  ")
                    .append(String.join("\n  ", names))
                    .append('\n');
        }
    }
}
