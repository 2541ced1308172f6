package dev.walvault.seal;

import dev.walvault.store.Content;

/** An object sealed in memory, and the digest of what it was made of. */
public record SealedContent(Content content, ContentDigest digest) {}
