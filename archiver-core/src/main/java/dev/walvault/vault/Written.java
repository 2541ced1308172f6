package dev.walvault.vault;

import java.time.Instant;
import java.util.Optional;

/**
 * When an object was written, and by whom.
 *
 * @param time by the writer's clock; by the store's clock where the object itself cannot be read
 * @param host the writer's, if the object can be read
 */
public record Written(Instant time, Optional<String> host) {}
