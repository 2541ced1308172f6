package dev.walvault.store.http;

import dev.walvault.checksum.Crc32c;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.zip.Checksum;

/** Checksums as headers have them: in base64. */
public final class Checksums {
    private Checksums() {}

    /** CRC-32C of some bytes. */
    public static String crc32c(byte[] bytes, int from, int length) {
        Checksum crc = Crc32c.create();
        crc.update(bytes, from, length);
        return text(crc);
    }

    /** A CRC that was computed. */
    public static String text(Checksum crc) {
        return Base64.getEncoder()
                .encodeToString(ByteBuffer.allocate(Integer.BYTES)
                        .putInt((int) crc.getValue())
                        .array());
    }

    /** MD5 of some bytes. */
    public static String md5(byte[] bytes, int from, int length) {
        try {
            var digest = MessageDigest.getInstance("MD5");
            digest.update(bytes, from, length);
            return Base64.getEncoder().encodeToString(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no MD5; use another \"checksum\" in the vault's URL", e);
        }
    }
}
