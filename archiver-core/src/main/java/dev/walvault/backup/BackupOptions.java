package dev.walvault.backup;

import dev.walvault.seal.Compression;
import dev.walvault.work.Bandwidth;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * How a backup is to be taken.
 *
 * @param annotations whatever the operator wants to be remembered
 * @param jobs workers that read, compress and encrypt
 * @param fastCheckpoint begin at once with a checkpoint at full speed, instead of waiting for a spread one
 * @param walTimeout how long to wait, at the end, for the WAL to be archived
 * @param temporaryDirectory for the manifest's lines while the backup runs: some hundred bytes for each file,
 *     compressed
 * @param allowUnknownVersion go on although the server is of a version that walvault does not know
 * @param diskReads how fast the data directory is read
 */
public record BackupOptions(
        String label,
        Map<String, String> annotations,
        int jobs,
        boolean fastCheckpoint,
        Compression compression,
        Duration walTimeout,
        Path temporaryDirectory,
        boolean allowUnknownVersion,
        Bandwidth diskReads) {

    /** What the server takes (MAXPGPATH of {@code pg_config_manual.h}). */
    private static final int LONGEST_LABEL = 1023;

    public BackupOptions {
        annotations = Map.copyOf(annotations);
        if (jobs < 1) {
            throw new IllegalArgumentException("a backup needs at least one job");
        }
        if (label.isEmpty() || label.length() > LONGEST_LABEL || label.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "a label has 1 to " + LONGEST_LABEL + " characters and no control characters");
        }
    }
}
