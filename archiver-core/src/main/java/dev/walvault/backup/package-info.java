/**
 * Taking a base backup: walking a data directory while its server writes to it, packing its files, proving the WAL.
 *
 * <p>{@link dev.walvault.backup.BaseBackup} is the entry point. A backup exists once its {@code complete.json} does,
 * and that is written only after every segment from its start to its stop was proven to be in the vault. Memory does
 * not grow with the number of files: the walk is pulled by the workers, a pack's entries are bounded, and the manifest
 * is spooled to a file.
 */
@NullMarked
package dev.walvault.backup;

import org.jspecify.annotations.NullMarked;
