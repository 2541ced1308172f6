/**
 * Taking over what one vault holds into another, byte for byte and without keys.
 *
 * <p>{@link dev.walvault.copy.VaultCopy} is the way in. What was interrupted goes on where it was; what differs is left
 * alone and told. Reading content, and knowing what it means, is left to {@code seal} and {@code vault}.
 */
@NullMarked
package dev.walvault.copy;

import org.jspecify.annotations.NullMarked;
