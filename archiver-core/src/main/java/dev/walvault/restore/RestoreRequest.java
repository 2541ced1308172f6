package dev.walvault.restore;

import dev.walvault.reach.RecoveryTarget;
import dev.walvault.reach.ServerTimeline;
import dev.walvault.reach.TimelineChoice;
import dev.walvault.vault.BackupId;
import java.util.Optional;

/**
 * What the operator wants back.
 *
 * @param server where the configured server is, if there is one on this host
 * @param acceptGap whether a segment that is missing, with later ones there, may be the end of the WAL
 * @param withTail whether the unfinished segment that a dead server has left is recovered, too
 */
public record RestoreRequest(
        RecoveryTarget target,
        Optional<BackupId> backup,
        TimelineChoice timeline,
        Optional<ServerTimeline> server,
        boolean acceptGap,
        boolean withTail) {}
