package dev.walvault.pg.link;

import dev.walvault.pg.Lsn;
import java.time.Instant;

/** What {@code pg_backup_start} returned, with the server's clock. */
public record StartedBackup(Lsn start, Instant time) {}
