/**
 * Pushing WAL files into a vault and getting them out again: what {@code archive_command} and {@code restore_command} run.
 *
 * <p>{@link dev.walvault.archive.WalPush} proves a file to be what its name says, stores it once and durably, and never over another;
 * {@link dev.walvault.archive.WalGet} serves a proven file whole, or proves that there is none, or fails. Everything that
 * a call needs is read in that call. Between two calls only this is remembered: what was stored before the server asked for it,
 * and, with several vaults, what one of them still lacks ({@link dev.walvault.archive.Debts}), which
 * {@link dev.walvault.archive.CatchUp} brings there.
 */
@NullMarked
package dev.walvault.archive;

import org.jspecify.annotations.NullMarked;
