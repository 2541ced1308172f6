package dev.walvault.archive;

/** What can be answered about a file when it is known. */
public sealed interface GetOutcome {
    /** The file is at the place asked for, whole and proven. */
    record Served(long bytes) implements GetOutcome {}

    /** The same; it had been fetched before it was asked for. */
    record Prefetched(long bytes) implements GetOutcome {}

    /** Proven not to be in the vault. */
    record Absent() implements GetOutcome {}
}
