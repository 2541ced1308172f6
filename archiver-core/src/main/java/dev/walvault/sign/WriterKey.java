package dev.walvault.sign;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** The public key of a writer, by which everybody can verify its signatures. Immutable. */
public final class WriterKey {
    static final String ALGORITHM = "Ed25519";

    /** What its text begins with; behind it stand the 32 bytes of RFC 8032 in base64. */
    static final String PREFIX = "ed25519:";

    static final int LENGTH = 32;

    /** SubjectPublicKeyInfo of RFC 8410, up to the key. */
    private static final byte[] DER = HexFormat.of().parseHex("302a300506032b6570032100");

    private final String text;
    private final PublicKey key;

    private WriterKey(String text, PublicKey key) {
        this.text = text;
        this.key = key;
    }

    static WriterKey of(byte[] raw) throws GeneralSecurityException {
        PublicKey key =
                KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(SignedForm.concat(DER, raw)));
        return new WriterKey(PREFIX + Base64.getEncoder().encodeToString(raw), key);
    }

    static WriterKey of(PublicKey key) {
        byte[] encoded = key.getEncoded();
        byte[] raw = Arrays.copyOfRange(encoded, encoded.length - LENGTH, encoded.length);
        return new WriterKey(PREFIX + Base64.getEncoder().encodeToString(raw), key);
    }

    /**
     * Reads {@code ed25519:…}, as {@link #text()} gives it.
     *
     * @throws IllegalArgumentException if it is none; the message says why and shows nothing of the text
     */
    public static WriterKey parse(String text) {
        if (!text.startsWith(PREFIX)) {
            throw new IllegalArgumentException("a writer's key begins with \"" + PREFIX + "\"");
        }
        byte[] encoded = text.substring(PREFIX.length()).getBytes(US_ASCII);
        try {
            byte[] raw = Base64.getDecoder().decode(encoded);
            if (raw.length == LENGTH && Arrays.equals(Base64.getEncoder().encode(raw), encoded)) {
                return of(raw);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("these 32 bytes are no key of Ed25519", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("what follows \"" + PREFIX + "\" is no base64", e);
        }
        throw new IllegalArgumentException("what follows \"" + PREFIX + "\" is not 32 bytes in base64");
    }

    /** {@code ed25519:} and 44 characters of base64. */
    public String text() {
        return text;
    }

    /** Whether this writer has signed the message. */
    boolean verifies(byte[] message, byte[] signature) {
        try {
            var verifier = Signature.getInstance(ALGORITHM);
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException _) {
            // it has another length, or is no point: nobody has signed so
            return false;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WriterKey that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
