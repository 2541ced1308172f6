/**
 * PostgreSQL's own nouns and file formats: positions, timelines, WAL file names and page headers, the control file,
 * history files, backup labels, tablespace maps, page checksums and the backup manifest, for PostgreSQL 13 to 19.
 *
 * <p>Values are records that cannot hold nonsense. {@code parse} reads text that somebody typed or passed and throws
 * {@link IllegalArgumentException}; what is read from a file and found wrong is a
 * {@link dev.walvault.IntegrityException} or {@link dev.walvault.PostgresException}. Numbers that PostgreSQL treats as
 * unsigned are compared and printed unsigned here, so that nobody above has to remember it.
 *
 * <p>No connections (see {@code pg.link}), no storage and no policy live here; only {@code java.base} is needed. Start
 * with {@link dev.walvault.pg.WalFile} for what an {@code archive_command} is handed, and with
 * {@link dev.walvault.pg.ControlFile} for what a data directory is.
 */
@NullMarked
package dev.walvault.pg;

import org.jspecify.annotations.NullMarked;
