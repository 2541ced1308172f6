package dev.walvault.checksum;

import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/** CRC-32C, which PostgreSQL's backup manifests and S3 have, by the quickest that there is. */
public final class Crc32c {
    /** As org.graalvm.nativeimage.ImageInfo tells it. */
    private static final boolean IN_NATIVE_IMAGE =
            "runtime".equals(System.getProperty("org.graalvm.nativeimage.imagecode"));

    private Crc32c() {}

    /** Of no bytes yet. A JVM has an instruction for it, of which a native image knows nothing. */
    public static Checksum create() {
        return IN_NATIVE_IMAGE ? new InterleavedCrc32c() : new CRC32C();
    }

    /** Of these bytes. */
    public static int of(byte[] bytes) {
        Checksum crc = create();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
