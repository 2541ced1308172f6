package dev.walvault.pg;

import java.time.Instant;

/**
 * One of a server's checkpoints, as its control file names it. A clone may have one at the same position, but hardly of
 * the same second.
 *
 * @param position of its record
 * @param time when it began, to the second
 */
public record Checkpoint(Lsn position, Instant time) {
    @Override
    public String toString() {
        return position + " of " + time;
    }
}
