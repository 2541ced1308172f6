/**
 * Pushing WAL files into a vault and getting them out again: what {@code archive_command} and {@code restore_command} run.
 *
 * <p>{@link dev.walvault.archive.WalPush} proves a file to be what its name says, stores it once and durably, and never over another;
 * {@link dev.walvault.archive.WalGet} serves a proven file whole, or proves that there is none, or fails. Everything that
 * a call needs is read in that call. With one vault nothing is remembered between calls; with several
 * {@link dev.walvault.archive.Debts} remember what a vault still lacks, and {@link dev.walvault.archive.CatchUp} brings it there.
 */
@NullMarked
package dev.walvault.archive;

import org.jspecify.annotations.NullMarked;
