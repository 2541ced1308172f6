package dev.walvault.seal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.OptionalLong;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.ChaCha20ParameterSpec;

/**
 * The cipher of an age payload: chunks of 64 KiB, each with a tag, numbered, the last one marked, so that none can be changed,
 * left out, moved or appended. Stateful: chunks are taken in order.
 */
final class AgePayload {
    static final int CHUNK = 64 * 1024;
    static final int TAG = 16;

    /** ChaCha20 makes 64 bytes at a time; the first of them are the authenticator's key (RFC 8439, section 2.6). */
    private static final byte[] FIRST_BLOCK = new byte[64];

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final Cipher cipher;
    private final SecretKey key;
    private final boolean encrypting;
    private long counter;

    private AgePayload(SecretKey key, boolean encrypting, long counter) {
        try {
            this.cipher = Cipher.getInstance("ChaCha20");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no ChaCha20", e);
        }
        this.key = key;
        this.encrypting = encrypting;
        this.counter = counter;
    }

    static AgePayload encrypting(SecretKey key) {
        return new AgePayload(key, true, 0);
    }

    static AgePayload decrypting(SecretKey key) {
        return new AgePayload(key, false, 0);
    }

    /** Another of the same payload, for the chunks from this one on. */
    AgePayload from(long number) {
        return new AgePayload(key, encrypting, number);
    }

    /**
     * Turns the first {@code length} bytes of {@code from} into those of {@code to}, which may be the same array; answers how
     * many those are. {@code length} counts the tag where there is one.
     *
     * @throws AEADBadTagException if the chunk is not what was encrypted; nothing is decrypted then
     */
    int chunk(byte[] from, int length, byte[] to, boolean last) throws GeneralSecurityException {
        byte[] nonce = new byte[12];
        for (int i = 0; i < Long.BYTES; i++) {
            nonce[3 + i] = (byte) (counter >>> (56 - 8 * i));
        }
        nonce[11] = (byte) (last ? 1 : 0);
        cipher.init(encrypting ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE, key, new ChaCha20ParameterSpec(nonce, 0));
        counter++;
        byte[] tagKey = cipher.update(FIRST_BLOCK);
        if (encrypting) {
            cipher.doFinal(from, 0, length, to, 0);
            System.arraycopy(tag(tagKey, to, length), 0, to, length, TAG);
            return length + TAG;
        }
        int plain = length - TAG;
        byte[] sent = Arrays.copyOfRange(from, plain, length);
        if (!MessageDigest.isEqual(sent, tag(tagKey, from, plain))) {
            throw new AEADBadTagException("the tag does not match");
        }
        cipher.doFinal(from, 0, plain, to, 0);
        return plain;
    }

    /** Of ciphertext without further data: RFC 8439, section 2.8. */
    private static byte[] tag(byte[] key, byte[] bytes, int length) {
        var authenticator = new Poly1305(key);
        int whole = length - length % Poly1305.BLOCK;
        authenticator.update(bytes, 0, whole);
        // the rest, filled up with zeros, and both lengths
        byte[] end = new byte[(whole < length ? 2 : 1) * Poly1305.BLOCK];
        System.arraycopy(bytes, whole, end, 0, length - whole);
        LONG.set(end, end.length - Long.BYTES, (long) length);
        authenticator.update(end, 0, end.length);
        return authenticator.tag();
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
