/**
 * What the engine says while it works, to whoever listens: logs and progress displays are listeners, and live
 * elsewhere.
 */
@NullMarked
package dev.walvault.observe;

import org.jspecify.annotations.NullMarked;
