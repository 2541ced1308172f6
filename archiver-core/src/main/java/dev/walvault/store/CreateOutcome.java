package dev.walvault.store;

/** What became of an attempt to create an object. */
public enum CreateOutcome {
    /** This call created it, and it is durable. */
    CREATED,
    /** There was one already; it was left alone. */
    ALREADY_THERE
}
