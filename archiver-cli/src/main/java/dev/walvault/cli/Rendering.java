package dev.walvault.cli;

import dev.walvault.ArchiverException;
import dev.walvault.json.JsonText;
import dev.walvault.vault.Backup;
import dev.walvault.vault.BackupFacts;
import dev.walvault.vault.RestorePoint;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Backups and restore points as results show them. The members of the JSON objects are a contract: only add to them. */
final class Rendering {
    static final List<String> BACKUP_HEADINGS = List.of("BACKUP", "STOPPED", "TIMELINE", "SIZE", "STORED", "LABEL");

    /** So that a line has no more than 80 columns. */
    private static final int LONGEST_LABEL = 13;

    private Rendering() {}

    static Consumer<JsonText> point(RestorePoint point) {
        return json -> json.put("name", point.name())
                .put("lsn", point.lsn().toString())
                .put("timeline", Integer.toUnsignedLong(point.timeline().value()))
                .put("time", point.time().toString());
    }

    static String points(List<RestorePoint> points, ZoneId zone) {
        return Texts.table(
                List.of("TIME", "LSN", "TIMELINE", "RESTORE POINT"),
                points.stream()
                        .map(point -> List.of(
                                Texts.time(point.time(), zone),
                                point.lsn().toString(),
                                point.timeline().toString(),
                                point.name()))
                        .toList());
    }

    static Consumer<JsonText> backup(Backup backup) {
        BackupFacts facts = backup.facts();
        return json -> json.put("backup", facts.id().toString())
                .put("type", "full")
                .put("label", facts.label())
                .putTexts("annotations", new TreeMap<>(facts.annotations()))
                .put("systemIdentifier", facts.system().toString())
                .put("serverVersion", facts.serverVersion())
                .put("timeline", Integer.toUnsignedLong(facts.timeline().value()))
                .put("startLsn", facts.start().toString())
                .put("stopLsn", facts.stop().toString())
                .put("startTime", facts.startTime().toString())
                .put("stopTime", facts.stopTime().toString())
                .put("firstSegment", facts.firstSegment().name())
                .put("lastSegment", facts.lastSegment().name())
                .put("walProof", facts.walProof().name().toLowerCase(Locale.ROOT))
                .put("files", backup.files())
                .put("bytes", backup.bytes())
                .put("bytesStored", backup.bytesStored())
                .put("checksums", facts.checksums())
                .put("badPages", facts.badPages());
    }

    /** What could not be done, while the rest was. */
    static Consumer<JsonText> problem(ArchiverException problem) {
        return json -> json.put("code", problem.code().name())
                .put("message", String.valueOf(problem.getMessage()))
                .put("detail", problem.detail());
    }

    /** What {@code backup} prints when it is done. */
    static String taken(Backup backup) {
        BackupFacts facts = backup.facts();
        return "backup %s is complete: %s, %s, stored in %s (%s); it can be restored to %s or later on timeline %s"
                .formatted(
                        facts.id(),
                        Texts.counted(backup.files(), "file"),
                        Texts.size(backup.bytes()),
                        Texts.size(backup.bytesStored()),
                        ratio(backup),
                        facts.stop(),
                        facts.timeline());
    }

    static List<String> row(Backup backup, ZoneId zone) {
        BackupFacts facts = backup.facts();
        return List.of(
                facts.id().toString(),
                Texts.time(facts.stopTime(), zone),
                facts.timeline().toString(),
                Texts.size(backup.bytes()),
                Texts.size(backup.bytesStored()),
                Texts.shortened(facts.label(), LONGEST_LABEL));
    }

    private static String ratio(Backup backup) {
        return backup.bytesStored() == 0
                ? "1:1"
                : String.format(Locale.ROOT, "%.1f:1", backup.bytes() / (double) backup.bytesStored());
    }
}
