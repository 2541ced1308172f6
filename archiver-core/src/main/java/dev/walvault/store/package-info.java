/**
 * The storage contract: objects under keys, created once, never changed.
 *
 * <p>Drivers live in modules of their own; {@link dev.walvault.store.Driver} is all that the rest knows of one. What a
 * driver must do is written on {@link dev.walvault.store.ObjectStore} and stated as tests in
 * {@code ObjectStoreContract}, which every driver runs. Nothing here knows what an object means.
 */
@NullMarked
package dev.walvault.store;

import org.jspecify.annotations.NullMarked;
