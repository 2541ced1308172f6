package dev.walvault.copy;

/**
 * How to copy.
 *
 * @param mode whether anything is stored
 * @param jobs how many objects are copied at once
 */
public record CopyOptions(CopySelection selection, Mode mode, int jobs) {

    /** Whether to do it. */
    public enum Mode {
        COPY,
        /** Everything is compared, and nothing is stored. */
        DRY_RUN
    }

    public CopyOptions {
        if (jobs < 1 || jobs > 256) {
            throw new IllegalArgumentException("the number of jobs is 1 to 256, not " + jobs);
        }
    }
}
