/**
 * How work is done. {@link dev.walvault.work.Workers} shares it out to threads, with a bounded queue and one first
 * failure. {@link dev.walvault.work.Bandwidth} slows it down to so many bytes per second.
 */
@NullMarked
package dev.walvault.work;

import org.jspecify.annotations.NullMarked;
