/**
 * The files and processes of this machine.
 *
 * <p>{@link dev.walvault.host.Disk} is the one way to change files so that what was promised survives a power failure;
 * a test passes one that crashes. {@link dev.walvault.host.StateFiles} keeps small files for several processes,
 * {@link dev.walvault.host.GrowingFiles} names what is not whole yet, {@link dev.walvault.host.Landing} lets it appear,
 * {@link dev.walvault.host.Processes} tells the living from the dead, and {@link dev.walvault.host.LocalFiles} says
 * what went wrong.
 */
@NullMarked
package dev.walvault.host;

import org.jspecify.annotations.NullMarked;
