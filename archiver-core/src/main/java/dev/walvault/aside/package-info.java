/**
 * An old data directory that makes room for a restored one, and comes back if that is wanted.
 *
 * <p>{@link dev.walvault.aside.InPlace} moves what a stopped server has, in its data directory, its tablespaces and on
 * the volume of its WAL, to places beside it by renaming, keeps a journal of that, and undoes what was interrupted. It
 * knows nothing of backups: whoever restores into the emptied places is told which they are.
 */
@NullMarked
package dev.walvault.aside;

import org.jspecify.annotations.NullMarked;
