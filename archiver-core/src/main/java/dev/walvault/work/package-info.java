/** Work that is shared out to threads: {@link dev.walvault.work.Workers}, with a bounded queue and one first failure. */
@NullMarked
package dev.walvault.work;

import org.jspecify.annotations.NullMarked;
