/**
 * Looks whether a vault can be relied on where it is: does its store keep the law of {@code ObjectStore}, do the keys
 * fit, is this host prepared, does the server archive into it. What only a driver knows of its store, the driver checks
 * itself.
 *
 * <p>{@link dev.walvault.doctor.VaultDoctor} is the way in for each vault, and stores probes under a key that no
 * cluster can have, and removes them. {@link dev.walvault.doctor.HostChecks} are those of this host, once for all
 * vaults, and {@link dev.walvault.doctor.ServerChecks} those of its server.
 */
@NullMarked
package dev.walvault.doctor;

import org.jspecify.annotations.NullMarked;
