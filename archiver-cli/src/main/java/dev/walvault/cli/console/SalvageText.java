package dev.walvault.cli.console;

import dev.walvault.archive.SalvageReport;
import dev.walvault.pg.WalFile;
import java.util.List;

/** What a salvage has stored, for people. */
public final class SalvageText {
    private SalvageText() {}

    /** A line for each thing to know. */
    public static String of(SalvageReport report) {
        var text = new StringBuilder("stored %s, %d %s there already\n"
                .formatted(
                        Texts.counted(report.stored().size(), "file"),
                        report.there(),
                        report.there() == 1 ? "was" : "were"));
        for (SalvageReport.Tail tail : report.tails()) {
            text.append("unfinished segment %s is stored as %s; it goes on to %s\n"
                    .formatted(tail.segment().name(), tail.storedAs().name(), tail.end()));
        }
        for (SalvageReport.Reach reach : report.reach()) {
            text.append(reached(reach)).append('\n');
        }
        if (!report.leftOut().isEmpty()) {
            text.append("left out: %s\n".formatted(String.join(", ", names(report.leftOut()))));
        }
        if (!report.problems().isEmpty()) {
            text.append("problems: %d\n".formatted(report.problems().size()));
        }
        return text.toString();
    }

    private static String reached(SalvageReport.Reach reach) {
        if (!reach.anothersBehind()) {
            return "the WAL of timeline %s goes up to %s".formatted(reach.timeline(), reach.end());
        }
        return reach.end().isZero()
                ? "the WAL of timeline %s in the vault is another server's".formatted(reach.timeline())
                : "the WAL of timeline %s goes up to %s at most; from there on the vault has another server's"
                        .formatted(reach.timeline(), reach.end());
    }

    private static List<String> names(List<WalFile> files) {
        return files.stream().map(WalFile::name).toList();
    }
}
