/**
 * The root of the engine: the one family of errors and the one table of exit statuses.
 *
 * <p>Everything else lives in a package of its own; arrows between them point down only, see ARCHITECTURE.md.
 */
@NullMarked
package dev.walvault;

import org.jspecify.annotations.NullMarked;
