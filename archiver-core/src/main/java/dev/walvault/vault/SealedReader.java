package dev.walvault.vault;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.Retry;
import dev.walvault.seal.Identities;
import dev.walvault.seal.Judge;
import dev.walvault.seal.ObjectMeta;
import dev.walvault.seal.RangedObject;
import dev.walvault.seal.Unsealed;
import dev.walvault.seal.Unsealer;
import dev.walvault.sign.Signed;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Opens the sealed objects of one system, and believes them by the keyring: by what it can open, and whose it trusts.
 */
final class SealedReader {
    private final Vault vault;
    private final ObjectStore store;
    private final MemberKeys keys;
    private final Keyring keyring;

    SealedReader(Vault vault, ObjectStore store, MemberKeys keys, Keyring keyring) {
        this.vault = vault;
        this.store = store;
        this.keys = keys;
        this.keyring = keyring;
    }

    /** Opens an object for reading, or proves that it is absent. */
    Optional<Unsealed> open(ObjectKey key) throws ArchiverException {
        return open(key, unsealer(key), stored -> stored);
    }

    /**
     * Whether only an object that was read to its end tells by whom it was written: with signatures, in a plain vault.
     * What was streamed into it carries none, because that would have to stand in front of what it signs. A signed
     * document says what it is as it is stored.
     */
    boolean isSignedAsWhole() {
        return !vault.encrypted() && !keyring.trusted().areEverybody();
    }

    /**
     * The same of a small object, which is read to its end before it is opened where only its end tells by whom it was
     * written.
     */
    Optional<Unsealed> openBelieved(ObjectKey key) throws ArchiverException {
        if (isSignedAsWhole()) {
            try (Unsealed proof = open(key).orElse(null)) {
                if (proof == null) {
                    return Optional.empty();
                }
                proof.content().transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                throw asFault(key, e);
            }
        }
        return open(key);
    }

    /** Opens an object that was streamed, and by its end must be what a signed document says of it. */
    Optional<Unsealed> open(ObjectKey key, StoredDigest signed) throws ArchiverException {
        return open(key, new Unsealer(Identities.none(), true), stored -> new VerifiedInput(stored, key, signed));
    }

    private Optional<Unsealed> open(ObjectKey key, Unsealer unsealer, UnaryOperator<InputStream> verified)
            throws ArchiverException {
        Optional<InputStream> stored = store.open(key);
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(unsealer.open(verified.apply(stored.get()), keys.nameOf(key)));
        } catch (IOException | RuntimeException e) {
            closeQuietly(stored.get());
            throw asFault(key, e);
        }
    }

    /** What the writer has put behind the content; empty if there is nothing, or the object is proven absent. */
    Optional<byte[]> facts(ObjectKey key) throws ArchiverException {
        return isSignedAsWhole() ? factsOfWhole(key) : openRanges(key).flatMap(RangedObject::facts);
    }

    private Optional<byte[]> factsOfWhole(ObjectKey key) throws ArchiverException {
        try (Unsealed unsealed = open(key).orElse(null)) {
            if (unsealed == null) {
                return Optional.empty();
            }
            unsealed.content().transferTo(OutputStream.nullOutputStream());
            return unsealed.facts();
        } catch (IOException e) {
            throw asFault(key, e);
        }
    }

    private Optional<RangedObject> openRanges(ObjectKey key) throws ArchiverException {
        Optional<StoredRanges> stored = StoredRanges.of(store, key);
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(unsealer(key).openRanges(stored.get(), keys.nameOf(key)));
        } catch (IOException e) {
            throw asFault(key, e);
        }
    }

    /**
     * Throws unless the object is believed by who has signed it.
     *
     * @throws IntegrityException CORRUPT
     */
    void requireTrust(ObjectKey key, ObjectMeta meta, Optional<Signed> signed) throws ArchiverException {
        keyring.trusted()
                .require(
                        key.value(),
                        signed,
                        meta.stamp().time(),
                        () -> store.head(key).map(StoredObject::lastModified));
    }

    private Unsealer unsealer(ObjectKey key) {
        Optional<Judge> judge = keyring.trusted().areEverybody()
                ? Optional.empty()
                : Optional.of((meta, signed) -> requireTrust(key, meta, signed));
        return new Unsealer(keyring.identities(), !vault.encrypted(), judge);
    }

    /** Who is said to have signed an object, if it is there and somebody is; not verified. */
    Optional<String> writer(ObjectKey key) throws ArchiverException {
        Optional<InputStream> stored = store.open(key);
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = stored.get()) {
            return Unsealer.writer(in, key.value());
        } catch (IOException e) {
            throw asFault(key, e);
        }
    }

    /** Who has signed an object; empty if it is not there, or nobody has and nobody must. Reads all of a plain one. */
    Optional<Signer> signer(ObjectKey key) throws ArchiverException {
        Optional<InputStream> stored = store.open(key);
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = stored.get()) {
            return signer(key, in);
        } catch (IOException e) {
            throw asFault(key, e);
        }
    }

    /** The same of the object as it is read from this stream. */
    Optional<Signer> signer(ObjectKey key, InputStream stored) throws IOException {
        return Signer.of(key, Unsealer.signature(stored, key.value()), keyring);
    }

    IntegrityException damaged(ObjectKey key, String why) {
        return Fault.of(ErrorCode.CORRUPT, "\"" + store.location() + "/" + key + "\" is damaged")
                .detail(why)
                .integrity();
    }

    /** What to throw for a failure of reading or writing an object. */
    ArchiverException asFault(ObjectKey key, Exception e) {
        return e instanceof ArchiverException known
                ? known
                : Fault.of(
                                ErrorCode.STORE_UNREACHABLE,
                                "could not read or write \"" + store.location() + "/" + key + "\"")
                        .detail(String.valueOf(e.getMessage()))
                        .retry(Retry.UNKNOWN)
                        .cause(e)
                        .store();
    }

    /** Closes what is not wanted. */
    void close(Unsealed unwanted) {
        try {
            unwanted.close();
        } catch (IOException _) {
            // the error that led here is the one to tell
        }
    }

    private static void closeQuietly(@Nullable InputStream in) {
        try {
            if (in != null) {
                in.close();
            }
        } catch (IOException _) {
            // the error that led here is the one to tell
        }
    }
}
