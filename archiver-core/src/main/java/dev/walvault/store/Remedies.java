package dev.walvault.store;

/**
 * What to do about a kind of store that fails a check.
 *
 * @param notOnce when a name can be given twice
 * @param stale when it does not show at once what was stored or deleted
 * @param damaged when it gives back other bytes
 * @param undecided when it does not say that an object is absent
 * @param noDelete what cannot be done while this host may not delete, and how to allow it
 */
public record Remedies(String notOnce, String stale, String damaged, String undecided, String noDelete) {}
