package dev.walvault.cli.report;

import dev.walvault.cli.console.Texts;
import dev.walvault.vault.Backup;
import dev.walvault.vault.BackupFacts;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;

/** Backups as people read them. */
public final class Rendering {
    static final List<String> BACKUP_HEADINGS = List.of("BACKUP", "STOPPED", "TIMELINE", "SIZE", "STORED", "LABEL");

    /** So that a line has no more than 80 columns. */
    private static final int LONGEST_LABEL = 13;

    private Rendering() {}

    /** What {@code backup} prints when it is done. */
    public static String taken(Backup backup) {
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
