package dev.walvault.store;

/** What an object is, as far as a store may treat it differently: where it is kept, and for how long at least. */
public enum ObjectKind {
    /** Small, read often, and needed as long as anything that it describes. */
    DOCUMENT,
    /** WAL and timeline history. */
    WAL,
    /** The large parts of a base backup. */
    BACKUP
}
