package dev.walvault.restore;

import dev.walvault.work.Bandwidth;
import java.nio.file.Path;

/**
 * How to restore.
 *
 * @param directory the new data directory: absent, or there and empty
 * @param jobs how many packs are unpacked at the same time
 * @param diskWrites how fast the files of the backup are written
 */
public record RestoreOptions(
        Path directory, TablespaceMapping tablespaces, int jobs, RecoverySettings recovery, Bandwidth diskWrites) {
    public RestoreOptions {
        if (jobs < 1) {
            throw new IllegalArgumentException("invalid number of jobs " + jobs);
        }
    }
}
