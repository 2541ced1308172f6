package dev.walvault.copy;

import dev.walvault.vault.BackupId;
import java.util.Set;

/** What of a member is copied. */
public sealed interface CopySelection {

    /**
     * All complete backups, each with the WAL that it needs to become consistent and the restore points in that WAL.
     */
    record EveryBackup() implements CopySelection {}

    /** The same, of these backups only. */
    record OnlyBackups(Set<BackupId> ids) implements CopySelection {
        public OnlyBackups {
            ids = Set.copyOf(ids);
        }
    }

    /** All complete backups, all WAL, all histories and all restore points. */
    record Everything() implements CopySelection {}

    /** Whether a complete backup is taken along. */
    default boolean includes(BackupId id) {
        return switch (this) {
            case EveryBackup _, Everything _ -> true;
            case OnlyBackups(Set<BackupId> ids) -> ids.contains(id);
        };
    }
}
