package dev.walvault.store.s3;

import java.util.OptionalInt;

/**
 * For how long the store refuses to delete what is written: Object Lock, in days from the writing, for each kind of
 * object. A kind without days is not locked.
 */
public record S3Lock(Mode mode, OptionalInt walDays, OptionalInt backupDays) {

    /** Who may lift a lock: whoever has the permission for it, or nobody. */
    public enum Mode {
        GOVERNANCE,
        COMPLIANCE
    }

    /** Documents are needed as long as anything that they describe. */
    public OptionalInt documentDays() {
        int longer = Math.max(walDays.orElse(0), backupDays.orElse(0));
        return longer == 0 ? OptionalInt.empty() : OptionalInt.of(longer);
    }
}
