package dev.walvault.vault;

import dev.walvault.ArchiverException;
import dev.walvault.ConfigurationException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.KeyException;
import dev.walvault.seal.Compression;
import dev.walvault.seal.ContentDigest;
import dev.walvault.seal.ObjectMeta;
import dev.walvault.seal.SealedContent;
import dev.walvault.seal.SealedHeader;
import dev.walvault.seal.Sealer;
import dev.walvault.seal.Unsealed;
import dev.walvault.seal.Unsealer;
import dev.walvault.store.Content;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.StoredObject;
import dev.walvault.store.Upload;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Supplier;

/** Sealed objects of one system: written with its keyring, copied and inspected. {@link SealedReader} reads them. */
final class SealedObjects {
    private final Vault vault;
    private final ObjectStore store;
    private final MemberKeys keys;
    private final Keyring keyring;
    private final Author author;
    private final SealedReader reader;

    /** {@code reader} of the same system, with the same keyring. */
    SealedObjects(
            Vault vault, ObjectStore store, MemberKeys keys, Keyring keyring, Author author, SealedReader reader) {
        this.vault = vault;
        this.store = store;
        this.keys = keys;
        this.keyring = keyring;
        this.author = author;
        this.reader = reader;
    }

    /**
     * Throws unless this process encrypts where the vault demands it; where it does not, {@link Vault#member} refuses
     * keys.
     */
    private void requireAgreement() throws KeyException {
        if (vault.encrypted() && keyring.recipients().isEmpty()) {
            throw Fault.of(
                            ErrorCode.KEY_MISSING,
                            "the vault at \"" + vault.location()
                                    + "\" is encrypted, and there is nobody to encrypt for")
                    .hint("Set encryption.recipients.")
                    .key();
        }
    }

    private Sealer sealer(ObjectKey key, Compression compression) throws KeyException {
        requireAgreement();
        return new Sealer(
                compression, keyring.recipients(), keyring.signingKey().map(signer -> signer.of(key.value())));
    }

    /** Seals a small object in memory; what cannot be read is the caller's to tell. */
    SealedContent seal(ObjectKey key, InputStream content, long length, Compression compression, int threads)
            throws IOException {
        return sealer(key, compression).seal(keys.nameOf(key), author.stamp(), content, length, threads);
    }

    /** The same with facts behind the content, which are asked for when it was read. */
    SealedContent seal(
            ObjectKey key,
            InputStream content,
            long length,
            Compression compression,
            int threads,
            Supplier<byte[]> facts)
            throws IOException {
        return sealer(key, compression).seal(keys.nameOf(key), author.stamp(), content, length, threads, facts);
    }

    /** Creates an object that was sealed with this keyring, be it for another vault. */
    CreateOutcome create(ObjectKey key, Content sealedContent) throws ArchiverException {
        requireAgreement();
        return store.createIfAbsent(key, sealedContent);
    }

    /**
     * Creates an object with the very bytes that another vault has of it. Before that they are read once, and proven as
     * closely as this host can; what is copied must be what was proven.
     */
    CreateOutcome copyFrom(SealedObjects source, ObjectKey key) throws ArchiverException {
        if (source.vault.encrypted() != vault.encrypted()) {
            throw vault.disagreement(source.vault);
        }
        try {
            ContentDigest proven = source.proveStored(key);
            try (var copied = new DigestedInput(source.openStored(key));
                    Upload upload = store.beginUpload(key)) {
                copied.transferTo(upload.body());
                if (!copied.digest().equals(proven)) {
                    throw source.reader.damaged(
                            key, "it was read twice, first " + proven + ", then " + copied.digest());
                }
                return upload.commit();
            }
        } catch (IOException e) {
            throw reader.asFault(key, e);
        }
    }

    /** The digest of the stored bytes, of an object that is sound as far as this host can tell. */
    private ContentDigest proveStored(ObjectKey key) throws IOException {
        if (!vault.encrypted() || !keyring.identities().isEmpty()) {
            try {
                return proveContent(key);
            } catch (KeyException _) {
                // it is not for the identities of this host
            }
        }
        return proveHeader(key);
    }

    private ContentDigest proveContent(ObjectKey key) throws IOException {
        var stored = new DigestedInput(openStored(key));
        try (stored) {
            var unsealer = new Unsealer(keyring.identities(), !vault.encrypted());
            unsealer.open(stored, keys.nameOf(key)).content().transferTo(OutputStream.nullOutputStream());
            stored.transferTo(OutputStream.nullOutputStream());
        }
        return stored.digest();
    }

    private ContentDigest proveHeader(ObjectKey key) throws IOException {
        var stored = new DigestedInput(openStored(key));
        verifyHeader(key, stored);
        return stored.digest();
    }

    /** Reads and closes all of it; its digest, where it has one, is verified. */
    private SealedHeader verifyHeader(ObjectKey key, DigestedInput stored) throws IOException {
        try (stored) {
            SealedHeader header = Unsealer.verifyStored(stored, key.value());
            if (!header.encrypted() || !header.meta().name().equals(keys.nameOf(key))) {
                throw reader.damaged(
                        key,
                        "it says that it is \"" + header.meta().name() + "\""
                                + (header.encrypted() ? "" : ", not encrypted"));
            }
            long read = stored.digest().length();
            if (header.storedLength().orElse(read) != read) {
                throw reader.damaged(
                        key, "it should have " + header.storedLength().getAsLong() + " bytes and has " + read);
            }
            return header;
        }
    }

    private InputStream openStored(ObjectKey key) throws ArchiverException {
        return store.open(key).orElseThrow(() -> reader.damaged(key, "it vanished while it was read"));
    }

    /** Begins an object that is too large for memory, or not there as a whole yet. */
    SealedUpload begin(ObjectKey key, Optional<ContentDigest> digest, Compression compression)
            throws ArchiverException {
        return begin(
                key,
                compression,
                (upload, sealer) -> new SealedUpload(
                        upload, sealer.sealing(keys.nameOf(key), digest, author.stamp(), upload.body())));
    }

    /** The same of one whose sealed form is in a backup's accounts. */
    DigestedUpload beginDigested(ObjectKey key, Compression compression) throws ArchiverException {
        return begin(key, compression, (upload, sealer) -> {
            var stored = new StoredOutput(upload.body());
            return new DigestedUpload(
                    upload, stored, sealer.sealing(keys.nameOf(key), Optional.empty(), author.stamp(), stored));
        });
    }

    private <T> T begin(ObjectKey key, Compression compression, Making<T> making) throws ArchiverException {
        Sealer sealer = sealer(key, compression);
        var upload = store.beginUpload(key);
        try {
            return making.of(upload, sealer);
        } catch (IOException | RuntimeException e) {
            upload.close();
            throw reader.asFault(key, e);
        }
    }

    /** Puts a sealing before an upload. */
    @FunctionalInterface
    private interface Making<T> {
        T of(Upload upload, Sealer sealer) throws IOException;
    }

    /** Throws where a streamed object would carry no signature, and should. */
    void requireSignedWhenStreamed(ObjectKey key) throws ConfigurationException {
        if (!vault.encrypted() && keyring.signingKey().isPresent()) {
            throw Fault.of(
                            ErrorCode.CONFIGURATION,
                            "\"" + key.name() + "\" is too large to be signed in a vault that is not encrypted")
                    .detail(
                            "what is larger than 64 MiB is not held in memory, and its signature would stand in front of it")
                    .hint("Create an encrypted vault, or remove signing.key_file.")
                    .configuration();
        }
    }

    /** Begins an object that holds no row of data, and is stored as it is. */
    Upload beginPlain(ObjectKey key) throws ArchiverException {
        return store.beginUpload(key);
    }

    /**
     * Looks at a stored object as closely as this host can: through all of its content if it holds an identity,
     * otherwise at its header and its length.
     */
    Optional<Inspection> inspect(ObjectKey key) throws ArchiverException {
        Optional<StoredObject> stored = store.head(key);
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        if (stored.get().bytesStored() == 0) {
            return Optional.of(Inspection.unreadable(reader.damaged(key, "it is empty"), true));
        }
        SealedHeader header;
        try (InputStream in = openStored(key)) {
            header = Unsealer.peek(in, key.value());
        } catch (IntegrityException e) {
            return Optional.of(Inspection.unreadable(e, false));
        } catch (IOException e) {
            throw reader.asFault(key, e);
        }
        if (!header.meta().name().equals(keys.nameOf(key))) {
            return Optional.of(Inspection.damaged(
                    header.meta(),
                    reader.damaged(key, "it says that it is \"" + header.meta().name() + "\"")));
        }
        if (header.storedLength().isPresent()
                && header.storedLength().getAsLong() != stored.get().bytesStored()) {
            return Optional.of(Inspection.damaged(
                    header.meta(),
                    reader.damaged(
                            key,
                            "it should have " + header.storedLength().getAsLong() + " bytes and has "
                                    + stored.get().bytesStored())));
        }
        if (header.encrypted()) {
            try {
                reader.requireTrust(key, header.meta(), header.signed());
            } catch (IntegrityException e) {
                return Optional.of(Inspection.damaged(header.meta(), e));
            }
            if (keyring.identities().isEmpty()) {
                return Optional.of(Inspection.sound(header.meta(), WalProof.HEADER));
            }
        }
        try (Unsealed unsealed =
                reader.open(key).orElseThrow(() -> reader.damaged(key, "it vanished while it was read"))) {
            unsealed.content().transferTo(OutputStream.nullOutputStream());
            return Optional.of(Inspection.sound(header.meta().withDigest(unsealed.digest()), WalProof.CONTENT));
        } catch (IntegrityException e) {
            return Optional.of(Inspection.damaged(header.meta(), e));
        } catch (KeyException _) {
            return Optional.of(Inspection.sound(header.meta(), WalProof.HEADER));
        } catch (IOException e) {
            throw reader.asFault(key, e);
        }
    }

    /**
     * What an object says of itself in its beginning: one request, and no key. Empty if it is not there, or says
     * nothing that this host believes.
     */
    Optional<ObjectMeta> said(ObjectKey key) throws ArchiverException {
        Optional<InputStream> stored = store.open(key);
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = stored.get()) {
            SealedHeader header = Unsealer.peek(in, key.value());
            if (header.encrypted()) {
                reader.requireTrust(key, header.meta(), header.signed());
            }
            return Optional.of(header.meta()).filter(meta -> meta.name().equals(keys.nameOf(key)));
        } catch (IntegrityException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw reader.asFault(key, e);
        }
    }

    /**
     * When the object was written, as its own header says: a copy of it in another vault is no younger. Of an object
     * whose header cannot be read, when it was stored. Empty if it is not there.
     */
    Optional<Written> written(ObjectKey key) throws ArchiverException {
        try {
            Optional<InputStream> stored = store.open(key);
            if (stored.isEmpty()) {
                return Optional.empty();
            }
            try (InputStream in = stored.get()) {
                ObjectMeta meta = Unsealer.peek(in, key.value()).meta();
                if (meta.name().equals(keys.nameOf(key))) {
                    return Optional.of(new Written(
                            meta.stamp().time(), Optional.of(meta.stamp().host())));
                }
            }
        } catch (IntegrityException _) {
            // when it was stored is all that is known of it
        } catch (IOException e) {
            ArchiverException failure = reader.asFault(key, e);
            if (failure.code() != ErrorCode.STORE_DENIED) {
                throw failure;
            }
        }
        return store.head(key).map(object -> new Written(object.lastModified(), Optional.empty()));
    }

    /** Whether all stored bytes have a digest, which is verified; else header and length were. */
    boolean verifyStored(ObjectKey key) throws ArchiverException {
        try {
            return verifyHeader(key, new DigestedInput(openStored(key)))
                    .payload()
                    .isPresent();
        } catch (IOException e) {
            throw reader.asFault(key, e);
        }
    }

    /** Throws unless each recipient of the keyring is among those that the object's header names. */
    void requireForRecipients(ObjectKey key) throws ArchiverException {
        if (!vault.encrypted()) {
            return;
        }
        try (InputStream in = openStored(key)) {
            SealedHeader header = Unsealer.peek(in, key.value());
            for (String recipient : keyring.recipients().texts()) {
                if (!header.recipients().contains(recipient)) {
                    throw Fault.of(
                                    ErrorCode.KEY_WRONG,
                                    "\"" + key.name() + "\" in the vault is not encrypted to recipient \"" + recipient
                                            + "\"")
                            .detail("It is encrypted to " + String.join(", ", header.recipients()) + ".")
                            .key();
                }
            }
        } catch (IOException e) {
            throw reader.asFault(key, e);
        }
    }

    boolean delete(ObjectKey key) throws ArchiverException {
        return store.delete(key);
    }

    void deleteAll(Collection<ObjectKey> keys) throws ArchiverException {
        store.deleteAll(keys).orThrow();
    }
}
