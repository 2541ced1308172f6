package dev.walvault.cli.report;

import dev.walvault.ArchiverException;
import dev.walvault.cli.console.Texts;
import dev.walvault.json.JsonText;
import dev.walvault.observe.Cancellation;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.points.KnownPoints;
import dev.walvault.points.PointIndex;
import dev.walvault.reach.RecoveryWindows;
import dev.walvault.reach.ServerTimeline;
import dev.walvault.vault.BackupFacts;
import dev.walvault.vault.BackupId;
import dev.walvault.vault.BackupList;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.SystemIdentity;
import dev.walvault.vaults.BranchComparison;
import dev.walvault.vaults.Divergence;
import dev.walvault.vaults.MemberVaults;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What a vault holds of one system, for {@code info}.
 *
 * @param divergences where several vaults hold different branches; the windows do without these timelines
 */
public record SystemReport(
        SystemIdentity identity,
        BackupList backups,
        RecoveryWindows windows,
        KnownPoints points,
        List<Divergence> divergences) {
    public SystemReport {
        divergences = List.copyOf(divergences);
    }

    /** Asks the vaults, and completes their index of restore points. */
    public static SystemReport of(MemberVaults vaults, Optional<ServerTimeline> server, Cancellation cancellation)
            throws ArchiverException {
        MemberVault member = vaults.together();
        KnownPoints points = new PointIndex(vaults, cancellation).complete().known();
        BackupList backups = vaults.backups();
        List<Divergence> divergences = BranchComparison.among(vaults.each());
        Set<TimelineId> torn = divergences.stream().map(Divergence::timeline).collect(Collectors.toUnmodifiableSet());
        return new SystemReport(
                member.requireIdentity(),
                backups,
                RecoveryWindows.of(member, backups.complete(), server, torn),
                points,
                divergences);
    }

    /** As programs read it. */
    public Consumer<JsonText> json() {
        return json -> json.put("systemIdentifier", identity.system().toString())
                .put("postgresMajor", identity.postgresMajor())
                .put("walSegmentSize", identity.segmentSize().bytes())
                .put("checksums", identity.checksums())
                .putObjects(
                        "backups",
                        windows.backups().stream().map(SystemReport::backup).toList())
                .putTexts(
                        "incompleteBackups",
                        backups.incomplete().stream().map(BackupId::toString).toList())
                .putTexts(
                        "unreadableBackups",
                        backups.unreadable().stream()
                                .map(unreadable -> reason(unreadable.reason()))
                                .toList())
                .putObjects(
                        "wal",
                        windows.timelines().stream().map(SystemReport::wal).toList())
                .putObjects("restorePoints", PointText.json(points))
                .putObjects("unknownWal", PointText.unknownJson(points))
                .putTexts(
                        "unreadableRestorePoints",
                        points.list().unreadable().stream()
                                .map(SystemReport::reason)
                                .toList())
                .putTexts("foreignObjects", windows.foreign())
                .putObjects(
                        "divergences",
                        divergences.stream().map(SystemReport::divergence).toList())
                .putObjects(
                        "windows",
                        windows.windows().stream().map(SystemReport::window).toList());
    }

    private static Consumer<JsonText> backup(RecoveryWindows.BackupWal backup) {
        return json -> {
            backup.backup().describe(json);
            json.put("usable", backup.usable());
            backup.missing().ifPresent(segment -> json.put("missingSegment", segment.name()));
        };
    }

    private static Consumer<JsonText> wal(RecoveryWindows.TimelineWal wal) {
        return json -> json.put(
                        "timeline", Integer.toUnsignedLong(wal.timeline().value()))
                .put("first", wal.first().name())
                .put("last", wal.last().name())
                .putObjects("gaps", wal.gaps().stream().map(SystemReport::gap).toList())
                .putTexts(
                        "unfinished",
                        wal.unfinished().stream().map(WalFile.Partial::name).toList())
                .put("unplaced", wal.unplaced().map(SystemReport::reason));
    }

    private static Consumer<JsonText> gap(RecoveryWindows.Gap gap) {
        return json ->
                json.put("first", gap.first().name()).put("last", gap.last().name());
    }

    private static Consumer<JsonText> divergence(Divergence divergence) {
        return json -> json.put(
                        "timeline", Integer.toUnsignedLong(divergence.timeline().value()))
                .put("file", divergence.file().name())
                .putTexts(
                        "vaults",
                        divergence.sides().stream().map(Divergence.Side::vault).toList())
                .put("detail", divergence.detail());
    }

    private static Consumer<JsonText> window(RecoveryWindows.Window window) {
        return json -> json.put(
                        "timeline", Integer.toUnsignedLong(window.timeline().value()))
                .put("server", window.server())
                .put("backup", window.oldest().id().toString())
                .put("beginLsn", window.begin().toString())
                .put("beginTime", window.beginTime().toString())
                .put("endLsn", window.end().toString())
                .put("endWritten", window.endWritten().map(Object::toString));
    }

    /** As people read it, with times in this zone. */
    public String text(ZoneId zone) {
        var out = new StringBuilder("\nsystem " + identity.system() + ", PostgreSQL " + identity.postgresMajor()
                + ", WAL segments of " + identity.segmentSize() + ", checksums "
                + (identity.checksums() ? "on" : "off") + "\n");
        section(
                out,
                "there are no backups",
                Rendering.BACKUP_HEADINGS,
                backups.complete().stream()
                        .map(backup -> Rendering.row(backup, zone))
                        .toList());
        windows.backups().forEach(backup -> notes(backup, out));
        backups.incomplete()
                .forEach(id -> out.append("backup ")
                        .append(id)
                        .append(" is not complete: it is being taken, or was interrupted\n"));
        backups.unreadable()
                .forEach(unreadable -> out.append("backup ")
                        .append(unreadable.id())
                        .append(" cannot be used:\n  ")
                        .append(reason(unreadable.reason()))
                        .append('\n'));
        section(
                out,
                "there is no WAL",
                List.of("TIMELINE", "FIRST SEGMENT", "LAST SEGMENT", "GAPS"),
                windows.timelines().stream().map(SystemReport::row).toList());
        for (RecoveryWindows.TimelineWal wal : windows.timelines()) {
            wal.gaps().forEach(gap -> out.append("missing: ").append(range(gap)).append('\n'));
            wal.unfinished()
                    .forEach(partial -> out.append("unfinished: ")
                            .append(partial.name())
                            .append(" (restore --with-tail recovers it)\n"));
            wal.unplaced()
                    .ifPresent(reason -> out.append("timeline ")
                            .append(wal.timeline())
                            .append(" may lead further than is shown below; its history cannot be read:\n  ")
                            .append(reason(reason))
                            .append('\n'));
        }
        if (!windows.foreign().isEmpty()) {
            out.append("not where a file of the WAL belongs, and not used:\n");
            windows.foreign().forEach(key -> out.append("  ").append(key).append('\n'));
        }
        String known = PointText.text(points, zone);
        if (!known.isEmpty()) {
            out.append('\n').append(known);
        }
        points.list()
                .unreadable()
                .forEach(unreadable -> out.append("a restore point cannot be used:\n  ")
                        .append(reason(unreadable))
                        .append('\n'));
        out.append('\n');
        divergences.forEach(divergence -> out.append(warning(divergence)));
        if (windows.windows().isEmpty() && divergences.isEmpty()) {
            out.append("a restore is not possible: there is no backup with all of its WAL\n");
        }
        windows.windows().forEach(window -> out.append(sentence(window, zone)).append('\n'));
        return out.toString();
    }

    private static String reason(ArchiverException failure) {
        return failure.sentence();
    }

    private static void section(StringBuilder out, String none, List<String> headings, List<List<String>> rows) {
        out.append('\n').append(rows.isEmpty() ? none + "\n" : Texts.table(headings, rows));
    }

    private static void notes(RecoveryWindows.BackupWal backup, StringBuilder out) {
        BackupFacts facts = backup.backup().facts();
        backup.missing()
                .ifPresent(segment -> out.append("backup ")
                        .append(facts.id())
                        .append(" lacks WAL: ")
                        .append(segment.name())
                        .append('\n'));
        if (facts.badPages() > 0) {
            out.append("backup ")
                    .append(facts.id())
                    .append(" has bad pages: ")
                    .append(facts.badPages())
                    .append('\n');
        }
    }

    private static List<String> row(RecoveryWindows.TimelineWal wal) {
        return List.of(
                wal.timeline().toString(),
                wal.first().name(),
                wal.last().name(),
                String.valueOf(wal.gaps().size()));
    }

    private static String range(RecoveryWindows.Gap gap) {
        return gap.first().equals(gap.last())
                ? gap.first().name()
                : gap.first().name() + " to " + gap.last().name();
    }

    private static String warning(Divergence divergence) {
        return "WARNING: " + divergence.sentence() + "\n  " + divergence.detail()
                + "\n  a restore along this timeline needs --vault; take the wrong vault off the setting \"vault\"\n";
    }

    private static String sentence(RecoveryWindows.Window window, ZoneId zone) {
        String end = window.endWritten()
                .map(time -> Texts.time(time, zone) + " (" + window.end() + ")")
                .orElseGet(() -> window.end().toString());
        return "restore is possible on timeline " + window.timeline()
                + (window.server() ? ", where the server of \"pgdata\" is" : "")
                + "\n  from " + Texts.time(window.beginTime(), zone) + " (" + window.begin() + ")\n  to   " + end
                + ", or to the last commit before that";
    }
}
