package dev.walvault.pg.wal;

/** Why WAL is not read, or no further. */
public enum Unread {
    /** Its pages are of no known version. */
    VERSION,
    /** No further record was written there. */
    END,
    /** A page is not the one that should follow. */
    PAGE,
    /** What should be a record cannot be one. */
    RECORD,
    /** A record's checksum is wrong. */
    CHECKSUM,
    /** There is more than is kept of one segment. */
    TOO_MUCH
}
