package dev.walvault.copy;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.Retry;
import dev.walvault.json.JsonObject;
import dev.walvault.sign.JsonSignature;
import dev.walvault.sign.TrustedWriters;
import dev.walvault.store.Content;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.StoredObject;
import dev.walvault.store.Upload;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.StoredDigest;
import dev.walvault.vault.Vault;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;

/** Takes single objects of one system over from one vault into another. */
final class ObjectCopier {
    /** Up to this size an object is created in one call, which a store may hold in memory; a larger one is uploaded. */
    private static final long AT_ONCE = 32L << 20;

    private static final int LARGEST_DOCUMENT = 1 << 20;

    private final Vault from;
    private final Vault to;
    private final MemberVault target;
    private final CopyOptions.Mode mode;
    private final Sameness sameness;
    private final CopyLedger ledger;

    /** What stored bytes say, if they are believed. */
    @FunctionalInterface
    interface Reading {
        JsonObject read(ObjectKey key, byte[] stored) throws ArchiverException;
    }

    /** When two documents that are not equal byte for byte say the same all the same. */
    @FunctionalInterface
    interface Meaning {
        boolean same(JsonObject ours, JsonObject theirs) throws IntegrityException;
    }

    /** {@code target}: the system in the vault that is copied into, with whom this host believes. */
    ObjectCopier(Vault from, MemberVault target, TrustedWriters trusted, CopyOptions.Mode mode, CopyLedger ledger) {
        this.from = from;
        this.to = target.vault();
        this.target = target;
        this.mode = mode;
        this.sameness = new Sameness(target, trusted);
        this.ledger = ledger;
    }

    CopyOptions.Mode mode() {
        return mode;
    }

    /** The system in the vault that is copied into. */
    MemberVault target() {
        return target;
    }

    /** Throws as {@link #sealed} does if something else is there, and stores nothing. */
    void compare(SourceObject source) throws ArchiverException {
        try {
            Optional<StoredObject> there = to.store().head(source.key());
            if (there.isPresent()) {
                requireSame(source, there.get());
            }
        } catch (IOException e) {
            throw asFault(source.key(), e);
        }
    }

    /**
     * Copies a sealed object unless it is there.
     *
     * @throws ArchiverException CONFLICT if another one is there, CORRUPT if the one to copy is damaged
     */
    void sealed(SourceObject source) throws ArchiverException {
        try {
            Optional<StoredObject> there = to.store().head(source.key());
            if (there.isPresent()) {
                requireSame(source, there.get());
            } else if (mode == CopyOptions.Mode.DRY_RUN || create(source.key(), source) == CreateOutcome.CREATED) {
                ledger.copied(source.length());
                return;
            } else {
                // another copy was faster
                requireSame(source, to.store().head(source.key()).orElseThrow(() -> vanished(source.key())));
            }
            ledger.there(source.length());
        } catch (IOException e) {
            throw asFault(source.key(), e);
        }
    }

    private CreateOutcome create(ObjectKey key, Content content) throws IOException {
        if (content.length() <= AT_ONCE) {
            return to.store().createIfAbsent(key, content);
        }
        try (Upload upload = to.store().beginUpload(key)) {
            content.writeTo(upload.body());
            return upload.commit();
        }
    }

    private void requireSame(SourceObject source, StoredObject there) throws IOException {
        Optional<Sameness.Difference> difference = sameness.difference(source, there);
        if (difference.isPresent()) {
            String why = difference.get().why();
            throw difference.get().damaged() ? damaged(source.key(), why) : conflict(source.key(), why);
        }
        Optional<IntegrityException> doubt = sameness.doubt(source, there);
        if (doubt.isPresent()) {
            throw notBelieved(source.key(), doubt.get());
        }
    }

    /**
     * Copies a document that must be in the vault that is copied from.
     *
     * @param reading of the one to copy
     * @throws ArchiverException CONFLICT if another one is there that does not mean the same, CORRUPT if it is damaged
     *     or not believed
     */
    void document(ObjectKey key, Reading reading, Meaning meaning) throws ArchiverException {
        byte[] ours = read(from, key)
                .orElseThrow(() -> Fault.of(ErrorCode.GAP, "\"" + from.location() + "/" + key + "\" is missing")
                        .integrity());
        JsonObject document = reading.read(key, ours);
        Optional<byte[]> theirs = read(to, key);
        if (theirs.isEmpty()) {
            if (mode == CopyOptions.Mode.DRY_RUN
                    || to.store().createIfAbsent(key, Content.of(ours)) == CreateOutcome.CREATED) {
                ledger.copied(ours.length);
                return;
            }
            theirs = Optional.of(read(to, key).orElseThrow(() -> vanished(key)));
        }
        if (!Arrays.equals(ours, theirs.get())) {
            if (JsonSignature.find(ours).isPresent()) {
                requireBelieved(key, theirs.get());
            }
            if (!meaning.same(document, JsonObject.parse(key.value(), theirs.get()))) {
                throw conflict(key, "the documents are not equal");
            }
        }
        ledger.there(ours.length);
    }

    private void requireBelieved(ObjectKey key, byte[] theirs) throws ArchiverException {
        try {
            target.believed(key, theirs);
        } catch (IntegrityException e) {
            throw notBelieved(key, e);
        }
    }

    /**
     * Copies a plain object whose digest is known.
     *
     * @throws ArchiverException CONFLICT if another one is there, CORRUPT if the one to copy is not what it should be
     */
    void plain(ObjectKey key, StoredDigest stored) throws ArchiverException {
        try {
            if (to.store().head(key).isEmpty()
                    && (mode == CopyOptions.Mode.DRY_RUN
                            || create(key, new PlainObject(from, key, stored)) == CreateOutcome.CREATED)) {
                ledger.copied(stored.length());
                return;
            }
            StoredDigest there;
            try (InputStream in = to.store().open(key).orElseThrow(() -> vanished(key))) {
                there = StoredDigest.copy(in, OutputStream.nullOutputStream());
            }
            if (!there.equals(stored)) {
                throw conflict(key, "it should have " + stored + ", and has " + there);
            }
            ledger.there(stored.length());
        } catch (IOException e) {
            throw asFault(key, e);
        }
    }

    private static Optional<byte[]> read(Vault vault, ObjectKey key) throws ArchiverException {
        Optional<InputStream> found = vault.store().open(key);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = found.get()) {
            return Optional.of(in.readNBytes(LARGEST_DOCUMENT));
        } catch (IOException e) {
            throw asFault(key, e);
        }
    }

    /** What a restore from there would refuse is no copy, though it says the same. */
    private IntegrityException notBelieved(ObjectKey key, IntegrityException why) {
        return Fault.of(
                        ErrorCode.CONFLICT,
                        "this host does not believe \"" + key + "\" in the vault at \"" + to.location() + "\"")
                .detail(why.sentence())
                .hint("It was left as it is. Find out who has put it there, remove it there, and copy again.")
                .integrity();
    }

    /** Nothing is overwritten, whatever is in the way. */
    private IntegrityException damaged(ObjectKey key, String why) {
        return Fault.of(ErrorCode.CONFLICT, "\"" + key + "\" in the vault at \"" + to.location() + "\" is damaged")
                .detail(why)
                .hint("It was left as it is. Remove it there, and copy again.")
                .integrity();
    }

    private IntegrityException conflict(ObjectKey key, String difference) {
        return Fault.of(ErrorCode.CONFLICT, "the vault at \"" + to.location() + "\" holds another \"" + key + "\"")
                .detail(difference)
                .hint("Both were kept. Find out which one is right; the vault of the other is not a copy.")
                .integrity();
    }

    private ArchiverException vanished(ObjectKey key) {
        return Fault.of(ErrorCode.STORE_UNREACHABLE, "\"" + to.location() + "/" + key + "\" vanished while it was read")
                .retry(Retry.YES)
                .store();
    }

    private static ArchiverException asFault(ObjectKey key, IOException e) {
        return e instanceof ArchiverException known
                ? known
                : Fault.of(ErrorCode.STORE_UNREACHABLE, "could not copy \"" + key + "\"")
                        .detail(String.valueOf(e.getMessage()))
                        .retry(Retry.UNKNOWN)
                        .cause(e)
                        .store();
    }
}
