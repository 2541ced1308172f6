/**
 * The inside of PostgreSQL's write-ahead log: the pages of a segment and the records in them.
 */
@NullMarked
package dev.walvault.pg.wal;

import org.jspecify.annotations.NullMarked;
