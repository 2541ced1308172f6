package dev.walvault.pipe;

import java.security.GeneralSecurityException;
import java.util.OptionalLong;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;

/**
 * The cipher of an age payload: chunks of 64 KiB, each with a tag, numbered, the last one marked, so that none can be changed,
 * left out, moved or appended. Stateful: chunks are taken in order.
 */
final class AgePayload {
    static final int CHUNK = 64 * 1024;
    static final int TAG = 16;

    private final Cipher cipher;
    private final SecretKey key;
    private final int mode;
    private long counter;

    private AgePayload(SecretKey key, int mode) throws GeneralSecurityException {
        this.cipher = Cipher.getInstance("ChaCha20-Poly1305");
        this.key = key;
        this.mode = mode;
    }

    static AgePayload encrypting(SecretKey key) throws GeneralSecurityException {
        return new AgePayload(key, Cipher.ENCRYPT_MODE);
    }

    static AgePayload decrypting(SecretKey key) throws GeneralSecurityException {
        return new AgePayload(key, Cipher.DECRYPT_MODE);
    }

    /** Turns the first {@code length} bytes of {@code from} into those of {@code to}, which may be the same array. */
    int chunk(byte[] from, int length, byte[] to, boolean last) throws GeneralSecurityException {
        byte[] nonce = new byte[12];
        for (int i = 0; i < Long.BYTES; i++) {
            nonce[3 + i] = (byte) (counter >>> (56 - 8 * i));
        }
        nonce[11] = (byte) (last ? 1 : 0);
        cipher.init(mode, key, new IvParameterSpec(nonce));
        counter++;
        return cipher.doFinal(from, 0, length, to, 0);
    }

    /** The number of the next chunk. */
    long counter() {
        return counter;
    }

    /** The length of an encrypted object. */
    static OptionalLong storedLength(int headerLength, OptionalLong innerLength) {
        if (innerLength.isEmpty()) {
            return OptionalLong.empty();
        }
        long inner = innerLength.getAsLong();
        long chunks = Math.max(1, Math.ceilDiv(inner, CHUNK));
        return OptionalLong.of(headerLength + AgeKeys.NONCE_LENGTH + inner + chunks * TAG);
    }
}
