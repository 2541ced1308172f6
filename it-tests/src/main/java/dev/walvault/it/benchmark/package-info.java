/**
 * {@code ./walvault benchmark}: walvault beside other programs on the same segments and the same data directory, in one
 * run, as one table. A contender is an {@link dev.walvault.it.benchmark.Archiver};
 * {@link dev.walvault.it.benchmark.Rounds} lets them take turns.
 */
@NullMarked
package dev.walvault.it.benchmark;

import org.jspecify.annotations.NullMarked;
