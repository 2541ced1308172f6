package dev.walvault.copy;

import dev.walvault.IntegrityException;
import dev.walvault.pg.Timestamps;
import dev.walvault.seal.Identities;
import dev.walvault.seal.SealedHeader;
import dev.walvault.seal.Unsealed;
import dev.walvault.seal.Unsealer;
import dev.walvault.seal.WriteStamp;
import dev.walvault.store.StoredObject;
import dev.walvault.vault.Vault;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/**
 * Whether another vault holds the same under a key, as far as that can be told without keys: the same write, whole; or
 * the same content by its digest, when a server stored it in both vaults.
 */
final class Sameness {
    private final Vault other;

    Sameness(Vault other) {
        this.other = other;
    }

    /** How a stored object differs: it is another one, or what is left of the same one. */
    record Difference(boolean damaged, String why) {
        private static Optional<Difference> damage(String why) {
            return Optional.of(new Difference(true, why));
        }
    }

    /** Why the stored object is not the same; empty if it is. */
    Optional<Difference> difference(SourceObject source, StoredObject there) throws IOException {
        SealedHeader ours = source.header();
        SealedHeader theirs;
        try (InputStream in = open(there)) {
            theirs = Unsealer.peek(in, there.key().value());
        } catch (IntegrityException e) {
            return Difference.damage(e.detail().orElse(String.valueOf(e.getMessage())));
        }
        if (theirs.storedLength().isPresent() && theirs.storedLength().getAsLong() != there.bytesStored()) {
            return Difference.damage(
                    "it should have " + theirs.storedLength().getAsLong() + " bytes and has " + there.bytesStored());
        }
        if (ours.meta().equals(theirs.meta()) && ours.encrypted() == theirs.encrypted()) {
            return there.bytesStored() == source.length()
                    ? Optional.empty()
                    : Difference.damage("it has " + there.bytesStored() + " bytes instead of " + source.length());
        }
        boolean sameContent = ours.encrypted() == theirs.encrypted()
                && ours.meta().digest().isPresent()
                && ours.meta().digest().equals(theirs.meta().digest())
                && ours.meta().name().equals(theirs.meta().name());
        if (!sameContent) {
            String stored = "the one there was stored " + by(theirs.meta().stamp()) + signed(source, open(there))
                    + ", the one to copy ";
            // nobody writes two objects as one write
            return ours.meta().stamp().equals(theirs.meta().stamp())
                    ? Difference.damage(stored + "by the same write, and their headers differ")
                    : Optional.of(
                            new Difference(false, stored + by(ours.meta().stamp()) + signed(source, source.open())));
        }
        return theirs.encrypted() ? Optional.empty() : damage(there, source.name());
    }

    /** A plain object's header says nothing of its length, so it is read. */
    private Optional<Difference> damage(StoredObject there, String name) throws IOException {
        try (InputStream in = open(there);
                Unsealed unsealed = new Unsealer(Identities.none(), true).open(in, name)) {
            unsealed.content().transferTo(OutputStream.nullOutputStream());
            return Optional.empty();
        } catch (IntegrityException e) {
            return Difference.damage(e.detail().orElse(String.valueOf(e.getMessage())));
        }
    }

    private InputStream open(StoredObject there) throws IOException {
        return other.store()
                .open(there.key())
                .orElseThrow(() -> new FileNotFoundException("\"" + there.key() + "\" vanished while it was read"));
    }

    /** Who has signed what is under this key, or nothing where nobody signs. */
    private static String signed(SourceObject source, InputStream stored) throws IOException {
        try (stored) {
            return source.from()
                    .signer(source.key(), stored)
                    .map(signer -> ", " + signer.text())
                    .orElse("");
        }
    }

    private static String by(WriteStamp stamp) {
        return "by host \"" + stamp.host() + "\" at " + Timestamps.text(stamp.time()) + " (write " + stamp.write()
                + ")";
    }
}
