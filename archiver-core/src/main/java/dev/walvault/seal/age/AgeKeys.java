package dev.walvault.seal.age;

import com.exceptionfactory.jagged.FileKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** What age derives from a file key, by HKDF-SHA256 (RFC 5869; one block is enough, so the loop is left out). */
public final class AgeKeys {
    /** Of the payload, in bytes. */
    public static final int NONCE_LENGTH = 16;

    static final int MAC_LENGTH = 32;

    private static final String HMAC = "HmacSHA256";

    private AgeKeys() {}

    /** What ends a header. */
    public static byte[] headerMac(FileKey fileKey, byte[] header) throws GeneralSecurityException {
        return hmac(derive(fileKey, new byte[MAC_LENGTH], "header"), header);
    }

    /** The key of the payload with this nonce. */
    public static SecretKey payloadKey(FileKey fileKey, byte[] nonce) throws GeneralSecurityException {
        return new SecretKeySpec(derive(fileKey, nonce, "payload"), "ChaCha20");
    }

    private static byte[] derive(FileKey fileKey, byte[] salt, String label) throws GeneralSecurityException {
        byte[] extracted = hmac(salt, fileKey.getEncoded());
        return hmac(extracted, (label + '\u0001').getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] hmac(byte[] key, byte[] message) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(HMAC);
        mac.init(new SecretKeySpec(key, HMAC));
        return mac.doFinal(message);
    }
}
