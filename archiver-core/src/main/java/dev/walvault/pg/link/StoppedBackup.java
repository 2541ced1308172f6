package dev.walvault.pg.link;

import dev.walvault.pg.Lsn;
import dev.walvault.pg.TransactionSnapshot;
import java.time.Instant;

/**
 * What {@code pg_backup_stop} returned, verbatim, with the server's clock and a snapshot taken after it. Label and map
 * are bytes, as the text that {@link dev.walvault.FileNames} makes of them.
 */
public record StoppedBackup(
        Lsn stop, String backupLabel, String tablespaceMap, Instant time, TransactionSnapshot snapshot) {}
