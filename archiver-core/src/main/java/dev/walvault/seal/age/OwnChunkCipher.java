package dev.walvault.seal.age;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.ChaCha20ParameterSpec;

/** The JDK's ChaCha20 with our own authenticator, for a native program. */
final class OwnChunkCipher implements ChunkCipher {
    /** ChaCha20 makes 64 bytes at a time; the first of them are the authenticator's key (RFC 8439, section 2.6). */
    private static final byte[] FIRST_BLOCK = new byte[64];

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final SecretKey key;
    private final Cipher cipher;

    OwnChunkCipher(SecretKey key) {
        this.key = key;
        try {
            this.cipher = Cipher.getInstance("ChaCha20");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no ChaCha20", e);
        }
    }

    @Override
    public void encrypt(byte[] nonce, byte[] from, int length, byte[] to) throws GeneralSecurityException {
        byte[] tagKey = begin(Cipher.ENCRYPT_MODE, nonce);
        cipher.doFinal(from, 0, length, to, 0);
        System.arraycopy(tag(tagKey, to, length), 0, to, length, TAG);
    }

    @Override
    public void decrypt(byte[] nonce, byte[] from, int length, byte[] to) throws GeneralSecurityException {
        byte[] tagKey = begin(Cipher.DECRYPT_MODE, nonce);
        int plain = length - TAG;
        byte[] sent = Arrays.copyOfRange(from, plain, length);
        if (!MessageDigest.isEqual(sent, tag(tagKey, from, plain))) {
            throw new AEADBadTagException("the tag does not match");
        }
        cipher.doFinal(from, 0, plain, to, 0);
    }

    /** Returns the key of the authenticator. */
    private byte[] begin(int mode, byte[] nonce) throws GeneralSecurityException {
        cipher.init(mode, key, new ChaCha20ParameterSpec(nonce, 0));
        return cipher.update(FIRST_BLOCK);
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
}
