package dev.walvault.cli;

import dev.walvault.ArchiverException;
import dev.walvault.archive.Debts;
import dev.walvault.json.JsonText;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.restore.WalLag;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.MemberVault;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How one of several vaults stands to the others in respect of one system, for {@code info}.
 *
 * @param failure why it cannot be reached; nothing is known of its WAL then
 * @param debts how many files this host is to bring there
 * @param setAside those that it cannot
 */
record VaultReport(
        int number,
        String location,
        Optional<String> failure,
        List<WalLag> wal,
        long debts,
        List<Debts.Failed> setAside) {
    private static final List<String> HEADINGS = List.of("VAULT", "TIMELINE", "LAST SEGMENT", "LACKS", "TO BE BROUGHT");

    VaultReport {
        wal = List.copyOf(wal);
        setAside = List.copyOf(setAside);
    }

    /** One for each vault, in their order. */
    static List<VaultReport> of(ReadVaults vaults, MemberKeys keys, WalSegmentSize size, Debts debts)
            throws ArchiverException {
        var reachable = new ArrayList<MemberVault>();
        for (ReadVaults.One one : vaults.all()) {
            if (one.access().isPresent()) {
                reachable.add(one.access().get().of(keys.system()));
            }
        }
        var lags = WalLag.between(reachable, size).iterator();
        var reports = new ArrayList<VaultReport>();
        for (ReadVaults.One one : vaults.all()) {
            reports.add(new VaultReport(
                    one.vault().number(),
                    one.vault().location(),
                    one.failure().map(failure -> String.valueOf(failure.getMessage())),
                    one.access().isPresent() ? lags.next() : List.of(),
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
        return List.of(String.valueOf(number), timeline, last, lacking, String.valueOf(debts));
    }
}
