package dev.walvault.seal.age;

import java.security.GeneralSecurityException;
import java.util.OptionalLong;
import java.util.function.Function;
import javax.crypto.AEADBadTagException;
import javax.crypto.SecretKey;

/**
 * The cipher of an age payload: chunks of 64 KiB, each with a tag, numbered, the last one marked, so that none can be
 * changed, left out, moved or appended. Stateful: chunks are taken in order.
 */
public final class AgePayload {
    /** The content of a chunk, in bytes; only the last one may have less. */
    public static final int CHUNK = 64 * 1024;
    /** What follows each chunk, in bytes. */
    public static final int TAG = ChunkCipher.TAG;

    private final Function<SecretKey, ChunkCipher> ciphers;
    private final ChunkCipher cipher;
    private final SecretKey key;
    private final boolean encrypting;
    private long counter;

    private AgePayload(Function<SecretKey, ChunkCipher> ciphers, SecretKey key, boolean encrypting, long counter) {
        this.ciphers = ciphers;
        this.cipher = ciphers.apply(key);
        this.key = key;
        this.encrypting = encrypting;
        this.counter = counter;
    }

    /** Makes chunks. */
    public static AgePayload encrypting(SecretKey key) {
        return encrypting(ChunkCipher::of, key);
    }

    /** Opens chunks. */
    public static AgePayload decrypting(SecretKey key) {
        return decrypting(ChunkCipher::of, key);
    }

    static AgePayload encrypting(Function<SecretKey, ChunkCipher> ciphers, SecretKey key) {
        return new AgePayload(ciphers, key, true, 0);
    }

    static AgePayload decrypting(Function<SecretKey, ChunkCipher> ciphers, SecretKey key) {
        return new AgePayload(ciphers, key, false, 0);
    }

    /** Another of the same payload, for the chunks from this one on. */
    public AgePayload from(long number) {
        return new AgePayload(ciphers, key, encrypting, number);
    }

    /**
     * Turns the first {@code length} bytes of {@code from} into those of {@code to}, which may be the same array;
     * answers how many those are. {@code length} counts the tag where there is one.
     *
     * @throws AEADBadTagException if the chunk is not what was encrypted; nothing is decrypted then
     */
    public int chunk(byte[] from, int length, byte[] to, boolean last) throws GeneralSecurityException {
        byte[] nonce = new byte[12];
        for (int i = 0; i < Long.BYTES; i++) {
            nonce[3 + i] = (byte) (counter >>> (56 - 8 * i));
        }
        nonce[11] = (byte) (last ? 1 : 0);
        counter++;
        if (encrypting) {
            cipher.encrypt(nonce, from, length, to);
            return length + TAG;
        }
        cipher.decrypt(nonce, from, length, to);
        return length - TAG;
    }

    /** The number of the next chunk. */
    long counter() {
        return counter;
    }

    /** The length of an encrypted object. */
    public static OptionalLong storedLength(int headerLength, OptionalLong innerLength) {
        if (innerLength.isEmpty()) {
            return OptionalLong.empty();
        }
        long inner = innerLength.getAsLong();
        long chunks = Math.max(1, Math.ceilDiv(inner, CHUNK));
        return OptionalLong.of(headerLength + AgeKeys.NONCE_LENGTH + inner + chunks * TAG);
    }
}
