package dev.walvault.pg;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code global/pg_control} says behind its versions, as a little-endian 64-bit server writes it, where its layout
 * is known: ControlFileData of {@code pg_control.h}.
 *
 * @param checkpoint position of the latest checkpoint's record
 * @param redo where recovery from that checkpoint begins
 * @param timeline of the latest checkpoint
 * @param previousTimeline the same, except at the checkpoint that begins a timeline
 * @param checkpointTime when the latest checkpoint was made, to the second
 * @param minRecoveryPoint how far recovery must go at least; zero outside of recovery
 * @param minRecoveryTimeline the timeline of {@code minRecoveryPoint}
 * @param backupStart of the backup being recovered from, else zero
 * @param backupEnd of the backup being recovered from, when it was taken on a standby; else zero
 * @param minimumSettings by their names: a server that recovers and takes queries meanwhile needs at least these
 * @param blockSize bytes of a page of a relation
 * @param blocksPerRelationSegment after how many pages a relation goes on in another file
 * @param walBlockSize bytes of a WAL page
 */
public record ControlFileData(
        DatabaseState state,
        Lsn checkpoint,
        Lsn redo,
        TimelineId timeline,
        TimelineId previousTimeline,
        boolean fullPageWrites,
        Instant checkpointTime,
        Lsn minRecoveryPoint,
        Optional<TimelineId> minRecoveryTimeline,
        Lsn backupStart,
        Lsn backupEnd,
        WalLevel walLevel,
        Map<String, Integer> minimumSettings,
        int blockSize,
        int blocksPerRelationSegment,
        int walBlockSize,
        WalSegmentSize walSegmentSize,
        DataChecksums dataChecksums) {

    /** DBState of {@code pg_control.h}, in its order. */
    public enum DatabaseState {
        STARTING_UP("starting up"),
        SHUT_DOWN("shut down"),
        SHUT_DOWN_IN_RECOVERY("shut down in recovery"),
        SHUTTING_DOWN("shutting down"),
        IN_CRASH_RECOVERY("in crash recovery"),
        IN_ARCHIVE_RECOVERY("in archive recovery"),
        IN_PRODUCTION("in production");

        private final String text;

        DatabaseState(String text) {
            this.text = text;
        }

        /** Whether the server follows WAL that another one has written, or did when it was stopped. */
        public boolean isRecovery() {
            return this == IN_ARCHIVE_RECOVERY || this == SHUT_DOWN_IN_RECOVERY;
        }

        /** As {@code pg_controldata} prints it. */
        @Override
        public String toString() {
            return text;
        }
    }

    /** WalLevel of {@code xlog.h}, in its order. */
    public enum WalLevel {
        MINIMAL,
        REPLICA,
        LOGICAL
    }

    public ControlFileData {
        minimumSettings = Map.copyOf(minimumSettings);
        requirePowerOfTwo(blockSize, "block size");
        requirePowerOfTwo(walBlockSize, "WAL block size");
        if (blocksPerRelationSegment <= 0) {
            throw new IllegalArgumentException(
                    "invalid relation segment size of " + blocksPerRelationSegment + " blocks");
        }
    }

    /** The latest one that is complete. */
    public Checkpoint latestCheckpoint() {
        return new Checkpoint(checkpoint, checkpointTime);
    }

    /**
     * The newest timeline that the server has come to: one that was promoted a moment ago, or recovers, has no
     * checkpoint on it.
     */
    public TimelineId newestTimeline() {
        return minRecoveryTimeline
                .filter(recovered -> recovered.compareTo(timeline) > 0)
                .orElse(timeline);
    }

    private static void requirePowerOfTwo(int bytes, String what) {
        if (bytes < 512 || Integer.bitCount(bytes) != 1) {
            throw new IllegalArgumentException("invalid " + what + " of " + bytes + " bytes");
        }
    }
}
