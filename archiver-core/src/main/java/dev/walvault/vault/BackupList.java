package dev.walvault.vault;

import dev.walvault.IntegrityException;
import java.util.List;

/**
 * The base backups of one system as they were listed, oldest first.
 *
 * @param incomplete what has no {@code complete.json}: being taken at this moment, or left by a process that was killed
 * @param unreadable why a {@code complete.json} cannot be used; the other backups are none the worse for it
 */
public record BackupList(List<Backup> complete, List<BackupId> incomplete, List<IntegrityException> unreadable) {
    public BackupList {
        complete = List.copyOf(complete);
        incomplete = List.copyOf(incomplete);
        unreadable = List.copyOf(unreadable);
    }
}
