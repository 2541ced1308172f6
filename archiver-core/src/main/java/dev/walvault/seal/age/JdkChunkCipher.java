package dev.walvault.seal.age;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;

/** The JDK's, for which a JVM has machine code. */
final class JdkChunkCipher implements ChunkCipher {
    private final SecretKey key;
    private final Cipher cipher;

    JdkChunkCipher(SecretKey key) {
        this.key = key;
        try {
            this.cipher = Cipher.getInstance("ChaCha20-Poly1305");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no ChaCha20-Poly1305", e);
        }
    }

    @Override
    public void encrypt(byte[] nonce, byte[] from, int length, byte[] to) throws GeneralSecurityException {
        run(Cipher.ENCRYPT_MODE, nonce, from, length, to);
    }

    @Override
    public void decrypt(byte[] nonce, byte[] from, int length, byte[] to) throws GeneralSecurityException {
        run(Cipher.DECRYPT_MODE, nonce, from, length, to);
    }

    private void run(int mode, byte[] nonce, byte[] from, int length, byte[] to) throws GeneralSecurityException {
        cipher.init(mode, key, new IvParameterSpec(nonce));
        cipher.doFinal(from, 0, length, to, 0);
    }
}
