package dev.walvault.vault;

import dev.walvault.seal.Identities;
import dev.walvault.seal.Recipients;

/** What a process can do with sealed objects: whom it writes for, and what it can open. Either may be empty. */
public record Keyring(Recipients recipients, Identities identities) {}
