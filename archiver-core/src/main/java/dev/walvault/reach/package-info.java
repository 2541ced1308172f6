/**
 * What can be reached with what a vault has: which WAL there is of each timeline ({@link dev.walvault.reach.WalMap}),
 * how the timelines descend from each other ({@link dev.walvault.reach.Branches}), how far a line goes without a hole
 * ({@link dev.walvault.reach.WalLine}), from when to when a recovery is possible
 * ({@link dev.walvault.reach.RecoveryWindows}), and what one will do ({@link dev.walvault.reach.RecoveryOutlook}).
 *
 * <p>Nothing is chosen here and nothing is restored. A plan, an account of what a vault has, and whoever wants to know
 * what may be removed ask the same questions.
 */
@NullMarked
package dev.walvault.reach;

import org.jspecify.annotations.NullMarked;
