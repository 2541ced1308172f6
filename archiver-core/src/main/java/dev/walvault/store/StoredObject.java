package dev.walvault.store;

import java.time.Instant;

/** What a store knows of an object without reading it; {@code lastModified} by the store's own clock. */
public record StoredObject(ObjectKey key, long bytesStored, Instant lastModified) {}
