package dev.walvault.vault;

import dev.walvault.seal.Identities;
import dev.walvault.seal.Recipients;
import dev.walvault.sign.SigningKey;
import dev.walvault.sign.TrustedWriters;
import java.util.Optional;

/**
 * The keys of a process: whom it encrypts for and what it can open, either of which may be empty; by what it signs what
 * it writes, and whose objects it believes.
 */
public record Keyring(
        Recipients recipients, Identities identities, Optional<SigningKey> signingKey, TrustedWriters trusted) {

    /** Signs nothing, and believes everybody. */
    public Keyring(Recipients recipients, Identities identities) {
        this(recipients, identities, Optional.empty(), TrustedWriters.everybody());
    }

    /** Without any key. */
    public static Keyring none() {
        return new Keyring(Recipients.none(), Identities.none());
    }

    /** The same, which signs what it writes. */
    public Keyring signingBy(SigningKey key) {
        return new Keyring(recipients, identities, Optional.of(key), trusted);
    }

    /** Whether it can neither encrypt nor decrypt. */
    boolean isOfPlainVault() {
        return recipients.isEmpty() && identities.isEmpty();
    }
}
