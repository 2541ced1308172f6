/**
 * Object store on a local or network file system.
 *
 * <p>{@link dev.walvault.store.fs.FsStore} is the way in; the rest is package-private. An object is a file whose name
 * appeared by {@code link(2)}, so it was never there in part and never replaced another one; what writers leave when
 * they die begins with a dot and ends with {@code .tmp}. Every error of the file system is translated in
 * {@code FsErrors}.
 */
@NullMarked
package dev.walvault.store.fs;

import org.jspecify.annotations.NullMarked;
