package dev.walvault.store.s3;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.zip.CRC32C;

/** Checksums as the protocol writes them: in base64. */
final class Checksums {
    private Checksums() {}

    static String crc32c(byte[] bytes, int from, int length) {
        var crc = new CRC32C();
        crc.update(bytes, from, length);
        return text(crc);
    }

    static String text(CRC32C crc) {
        return Base64.getEncoder()
                .encodeToString(ByteBuffer.allocate(Integer.BYTES)
                        .putInt((int) crc.getValue())
                        .array());
    }

    static String md5(byte[] bytes, int from, int length) {
        try {
            var digest = MessageDigest.getInstance("MD5");
            digest.update(bytes, from, length);
            return Base64.getEncoder().encodeToString(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no MD5; use another \"checksum\" in the vault's URL", e);
        }
    }
}
