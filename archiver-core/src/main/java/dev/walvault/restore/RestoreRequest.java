package dev.walvault.restore;

import dev.walvault.vault.BackupId;
import java.util.Optional;

/** What the operator wants back. */
public record RestoreRequest(RecoveryTarget target, Optional<BackupId> backup, TimelineChoice timeline) {}
