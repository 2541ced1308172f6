package dev.walvault.vault;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.walvault.ArchiverException;
import dev.walvault.Timestamps;
import dev.walvault.json.JsonObject;
import dev.walvault.sign.JsonSignature;
import dev.walvault.sign.Signed;
import dev.walvault.sign.SignedForm;
import dev.walvault.sign.SigningKey;
import dev.walvault.sign.TrustedWriters;
import dev.walvault.store.ObjectKey;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Signs plain JSON objects, and believes them by who has signed: their last two members are {@code signedAt} and
 * {@code sig} (docs/FORMAT.md).
 *
 * @param signingKey empty: nothing is signed
 */
record DocumentSignatures(Optional<SigningKey> signingKey, TrustedWriters trusted, InstantSource clock) {
    private static final String SIGNED_AT = "signedAt";

    /** Signs nothing, and believes everybody. */
    static DocumentSignatures none() {
        return new DocumentSignatures(Optional.empty(), TrustedWriters.everybody(), InstantSource.system());
    }

    static DocumentSignatures of(Keyring keyring, Author author) {
        return new DocumentSignatures(keyring.signingKey(), keyring.trusted(), author.clock());
    }

    /** The document as it is to be stored under this key. */
    byte[] sign(ObjectKey key, byte[] document) {
        if (signingKey.isEmpty()) {
            return document;
        }
        String json = new String(document, UTF_8).stripTrailing();
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        byte[] before =
                (json.substring(0, json.length() - 1) + ",\"" + SIGNED_AT + "\":\"" + now + '"').getBytes(UTF_8);
        byte[] signature = signingKey.get().of(key.value()).sign(SignedForm.DOCUMENT, before);
        var signed = new ByteArrayOutputStream();
        signed.writeBytes(before);
        signed.writeBytes(JsonSignature.end(signingKey.get().writer(), signature));
        signed.write('\n');
        return signed.toByteArray();
    }

    /** The signature that a stored document carries; not verified. */
    static Optional<Signed> find(byte[] document) {
        return JsonSignature.find(document)
                .map(found -> new Signed(SignedForm.DOCUMENT, found.writer(), found.signature(), found.before()));
    }

    /**
     * Throws unless the document is believed.
     *
     * @param json what it says
     * @throws dev.walvault.IntegrityException CORRUPT
     */
    void require(ObjectKey key, byte[] document, JsonObject json, TrustedWriters.StoredTime stored)
            throws ArchiverException {
        if (trusted.areEverybody()) {
            return;
        }
        Optional<Signed> signed = find(document);
        Instant written = signed.isPresent() ? json.as(SIGNED_AT, Timestamps::parse) : Instant.EPOCH;
        trusted.require(key.value(), signed, written, stored);
    }
}
