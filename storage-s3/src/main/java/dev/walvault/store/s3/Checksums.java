package dev.walvault.store.s3;

import dev.walvault.checksum.Crc32c;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.zip.Checksum;

/** Checksums as the protocol writes them: in base64. */
final class Checksums {
    private Checksums() {}

    static String crc32c(byte[] bytes, int from, int length) {
        Checksum crc = Crc32c.create();
        crc.update(bytes, from, length);
        return text(crc);
    }

    static String text(Checksum crc) {
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
