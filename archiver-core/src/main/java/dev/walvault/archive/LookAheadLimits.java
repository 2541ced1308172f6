package dev.walvault.archive;

/**
 * How far one call goes beyond the file it was asked for.
 *
 * @param files at most so many are stored ahead; 0 for none
 * @param threads at most so many of them at the same time
 * @param bytes at most so many in all of them together
 */
public record LookAheadLimits(int files, int threads, long bytes) {
    private static final long USUAL_BYTES = 1L << 30;

    /**
     * Of the files that are in memory at the same time; sealed they may take as much again, and once more on their way.
     */
    private static final long BYTES_AT_ONCE = 128L << 20;

    private static final int PART_OF_MEMORY = 4;

    public LookAheadLimits {
        if (files < 0 || threads < 1 || bytes < 0) {
            throw new IllegalArgumentException(files + " files of " + bytes + " bytes by " + threads + " threads");
        }
    }

    /** With at most 1 GiB in all of the files. */
    public static LookAheadLimits of(int files, int threads) {
        return new LookAheadLimits(files, threads, USUAL_BYTES);
    }

    /** Nothing is stored that was not asked for. */
    public static LookAheadLimits none() {
        return of(0, 1);
    }

    /**
     * How many threads store so many files; at least one.
     *
     * @param bytesEach the most of one file that storing it holds
     * @param memory the most bytes that this process may use
     */
    int threadsFor(int count, long bytesEach, long memory) {
        long atOnce = Math.min(BYTES_AT_ONCE, memory / PART_OF_MEMORY);
        long fitting = Math.max(1, atOnce / Math.max(1, bytesEach));
        return (int) Math.min(Math.min(count, threads), fitting);
    }
}
