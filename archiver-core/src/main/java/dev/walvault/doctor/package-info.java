/**
 * Looks whether a vault can be relied on where it is: does its store keep the law of {@code ObjectStore}, do the keys fit, is
 * this host prepared. What only a driver knows of its store, the driver checks itself.
 *
 * <p>{@link dev.walvault.doctor.VaultDoctor} is the way in. It stores probes under a key that no cluster can have, and
 * removes them.
 */
@NullMarked
package dev.walvault.doctor;

import org.jspecify.annotations.NullMarked;
