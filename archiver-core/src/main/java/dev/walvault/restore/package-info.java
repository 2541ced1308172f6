/**
 * From a vault back to a data directory.
 *
 * <p>{@link dev.walvault.restore.RestorePlanner} chooses the backup and the timeline for a
 * {@link dev.walvault.reach.RecoveryTarget} and says beforehand what cannot be reached;
 * {@link dev.walvault.restore.Restore} unpacks the chosen backup, with every byte compared, into an empty directory
 * that cannot start before all of it is durable. What happens after that, the server does: nothing here replays WAL.
 */
@NullMarked
package dev.walvault.restore;

import org.jspecify.annotations.NullMarked;
