package dev.walvault.seal.age;

import dev.walvault.NativeImage;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.SecretKey;

/** ChaCha20-Poly1305 without further data (RFC 8439, section 2.8), for one key. Not for several threads at once. */
interface ChunkCipher {
    int TAG = 16;

    /**
     * The quickest that there is. The JDK's own is ten times slower in a native program than on a JVM, and then ours is
     * quicker.
     */
    static ChunkCipher of(SecretKey key) {
        return NativeImage.isRunning() ? new OwnChunkCipher(key) : new JdkChunkCipher(key);
    }

    /**
     * Encrypts the first {@code length} bytes of {@code from} into {@code to}, which may be the same array, with the
     * tag behind them.
     *
     * @param nonce 12 bytes, another one for each call with this key
     */
    void encrypt(byte[] nonce, byte[] from, int length, byte[] to) throws GeneralSecurityException;

    /**
     * Decrypts the first {@code length} bytes of {@code from}, the last 16 of which are the tag, into {@code to}, which
     * may be the same array.
     *
     * @throws AEADBadTagException if they are not what was encrypted; {@code to} is untouched then
     */
    void decrypt(byte[] nonce, byte[] from, int length, byte[] to) throws GeneralSecurityException;
}
