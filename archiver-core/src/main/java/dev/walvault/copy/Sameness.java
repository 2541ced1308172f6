package dev.walvault.copy;

import dev.walvault.IntegrityException;
import dev.walvault.pg.Timestamps;
import dev.walvault.seal.Identities;
import dev.walvault.seal.SealedHeader;
import dev.walvault.seal.Unsealed;
import dev.walvault.seal.Unsealer;
import dev.walvault.seal.WriteStamp;
import dev.walvault.sign.TrustedWriters;
import dev.walvault.store.StoredObject;
import dev.walvault.vault.MemberVault;
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
    private final MemberVault other;
    private final TrustedWriters trusted;

    /** {@code trusted}: whom this host believes. */
    Sameness(MemberVault other, TrustedWriters trusted) {
        this.other = other;
        this.trusted = trusted;
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

    /**
     * Why this host does not believe what is stored, which is the same as an object that somebody has signed; empty if
     * it does. Where nobody has signed, as before there were keys, there is nothing to compare.
     */
    Optional<IntegrityException> doubt(SourceObject source, StoredObject there) throws IOException {
        if (trusted.areEverybody() || !isSigned(source)) {
            return Optional.empty();
        }
        try (InputStream in = open(there)) {
            if (other.vault().encrypted()) {
                SealedHeader header = Unsealer.peek(in, there.key().value());
                other.requireTrusted(there.key(), header.meta(), header.signed());
            } else {
                var unsealer = new Unsealer(
                        Identities.none(),
                        true,
                        Optional.of((meta, signed) -> other.requireTrusted(there.key(), meta, signed)));
                unsealer.open(in, source.name()).content().transferTo(OutputStream.nullOutputStream());
            }
            return Optional.empty();
        } catch (IntegrityException e) {
            return Optional.of(e);
        }
    }

    private static boolean isSigned(SourceObject source) throws IOException {
        try (InputStream in = source.open()) {
            return Unsealer.writer(in, source.key().value()).isPresent();
        }
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
        return other.vault()
                .store()
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
