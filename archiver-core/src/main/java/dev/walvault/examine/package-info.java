/**
 * Examinations: a list of checks, each with one finding and, where something is wrong, the exact fix.
 *
 * <p>{@link dev.walvault.examine.Examiner} runs them. What is checked is known where it is known best: by the drivers
 * and by {@code doctor}.
 */
@NullMarked
package dev.walvault.examine;

import org.jspecify.annotations.NullMarked;
