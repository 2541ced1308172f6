package dev.walvault.cli.report;

import dev.walvault.ArchiverException;
import dev.walvault.cli.console.Texts;
import dev.walvault.json.JsonText;
import dev.walvault.points.KnownPoints;
import dev.walvault.points.UnknownWal;
import dev.walvault.vault.RestorePoint;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Restore points as results show them. The members of the JSON objects are a contract: only add to them. */
public final class PointText {
    private static final List<String> HEADINGS = List.of("TIME", "LSN", "TIMELINE", "RESTORE POINT");

    private PointText() {}

    /** Those of a list, the oldest first. */
    public static List<Consumer<JsonText>> json(KnownPoints known) {
        List<Consumer<JsonText>> all = new ArrayList<>();
        for (RestorePoint point : known.oldestFirst()) {
            all.add(json -> {
                point.describe(json);
                json.put("repeated", known.repeated().contains(point))
                        .put("walInVault", !known.withoutWal().contains(point));
            });
        }
        return all;
    }

    /** WAL that may have more of them. */
    public static List<Consumer<JsonText>> unknownJson(KnownPoints known) {
        return known.unknown().stream()
                .<Consumer<JsonText>>map(wal -> wal::describe)
                .toList();
    }

    /** A table of those that there are, and what is to be known of them. */
    public static String text(KnownPoints known, ZoneId zone) {
        var out = new StringBuilder();
        if (!known.list().points().isEmpty()) {
            out.append(Texts.table(
                    HEADINGS,
                    known.oldestFirst().stream()
                            .map(point -> row(point, known, zone))
                            .toList()));
        }
        var names = new TreeSet<String>();
        known.repeated().forEach(point -> names.add(Texts.visibleLine(point.name())));
        names.forEach(name -> out.append("several restore points are named \"")
                .append(name)
                .append("\":\n  recovery stops at the first that it meets\n"));
        List<String> unknown = unknown(known.unknown(), known.failures());
        if (!unknown.isEmpty()) {
            out.append("restore points that were made by SQL may be missing:\n");
            unknown.forEach(line -> out.append("  ").append(line).append('\n'));
        }
        return out.toString();
    }

    /** Why some may be missing: sentences without a full stop. */
    public static List<String> unknown(List<UnknownWal> wal, List<ArchiverException> failures) {
        var unknown = new ArrayList<String>();
        wal.forEach(each -> unknown.add(each.toString()));
        failures.forEach(failure -> unknown.add(failure.sentence()));
        return unknown;
    }

    private static List<String> row(RestorePoint point, KnownPoints known, ZoneId zone) {
        return List.of(
                Texts.time(point.time(), zone),
                point.lsn().toString(),
                point.timeline().toString(),
                point.name() + (known.withoutWal().contains(point) ? " (its WAL is not in the vault)" : ""));
    }
}
