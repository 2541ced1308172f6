/**
 * Pushing WAL files into a vault and getting them out again: what {@code archive_command} and {@code restore_command} run.
 *
 * <p>{@link dev.walvault.archive.WalPush} proves a file to be what its name says, stores it once and durably, and never over another;
 * {@link dev.walvault.archive.WalGet} serves a proven file whole, or proves that there is none, or fails. Everything that
 * a call needs is read in that call; nothing is remembered between calls.
 */
@NullMarked
package dev.walvault.archive;

import org.jspecify.annotations.NullMarked;
