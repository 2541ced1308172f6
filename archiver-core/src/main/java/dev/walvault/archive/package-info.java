/**
 * Pushing WAL files into a vault and getting them out again: what {@code archive_command} and {@code restore_command}
 * run.
 *
 * <p>{@link dev.walvault.archive.WalPush} proves a file to be what its name says, stores it once and durably, and never
 * over another; {@link dev.walvault.archive.WalGet} serves a proven file whole, or proves that there is none, or fails.
 * Everything that a call needs is read in that call. Between two calls only this is remembered: what was stored before
 * the server asked for it, and, with several vaults, what one of them still lacks ({@link dev.walvault.vaults.Debts}),
 * which {@link dev.walvault.vaults.CatchUp} brings there.
 *
 * <p>What the names of this package mean, in the order of a push: a {@code Delivery} takes one proven file to all
 * vaults; a {@code Deposit} stores it in one of them; {@code Delivered} says which have it. An {@code Acknowledgement}
 * is the note of a file that was stored before the server asked ({@code LookAhead} writes it, {@code StoredAhead} reads
 * it). In the order of a get: {@code Arrivals} say where a file grows, and a {@code Handover} gives it to whoever asked
 * for it.
 */
@NullMarked
package dev.walvault.archive;

import org.jspecify.annotations.NullMarked;
