/**
 * Fetching the WAL that a recovering server will ask for next, before it asks.
 *
 * <p>{@link dev.walvault.prefetch.PrefetchingGet} is what {@code restore_command} runs: it serves a segment out of the
 * {@link dev.walvault.prefetch.PrefetchSpool}, or fetches it as ever. {@link dev.walvault.prefetch.Prefetcher} runs
 * beside the server as a process of its own, one for each data directory, and fills the spool. All that the two share
 * is files; all that is lost without the second is time. Absence is never remembered here.
 */
@NullMarked
package dev.walvault.prefetch;

import org.jspecify.annotations.NullMarked;
