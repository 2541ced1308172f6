/**
 * Whole-program tests against real servers.
 *
 * <p>The harness is main code, because the demo runs on it too.
 */
@NullMarked
package dev.walvault.it;

import org.jspecify.annotations.NullMarked;
