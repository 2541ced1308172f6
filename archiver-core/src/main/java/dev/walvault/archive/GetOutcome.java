package dev.walvault.archive;

/** What the vault answered when it could be asked. */
public sealed interface GetOutcome {
    /** The file is at the place asked for, whole and proven. */
    record Served(long bytes) implements GetOutcome {}

    /** Proven not to be in the vault. */
    record Absent() implements GetOutcome {}
}
