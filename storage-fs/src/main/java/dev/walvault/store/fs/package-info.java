/**
 * Object store on a local or network file system.
 *
 * <p>One factory is public; the rest is package-private.
 */
@NullMarked
package dev.walvault.store.fs;

import org.jspecify.annotations.NullMarked;
