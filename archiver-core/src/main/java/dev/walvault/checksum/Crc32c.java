package dev.walvault.checksum;

import dev.walvault.NativeImage;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/** CRC-32C, which PostgreSQL's backup manifests and S3 have, by the quickest that there is. */
public final class Crc32c {
    private Crc32c() {}

    /** Of no bytes yet. A JVM knows the processor's instruction for it; a native image has its own way to it. */
    public static Checksum create() {
        return NativeImage.isRunning() ? new RegisterCrc32c(Crc32cInstructions::update) : new CRC32C();
    }

    /** What {@link #concatenated} multiplies by is a polynomial over GF(2), its lowest power in the highest bit. */
    private static final int POLYNOMIAL = 0x82F63B78;

    private static final int ONE = 0x80000000;
    private static final int X_TO_THE_8TH = 0x00800000;

    /** Of two pieces of content, one behind the other, of which the CRCs are known and the length of the second. */
    public static int concatenated(int first, int second, long lengthOfSecond) {
        int factor = ONE;
        int power = X_TO_THE_8TH;
        for (long bytes = lengthOfSecond; bytes > 0; bytes >>= 1) {
            if ((bytes & 1) != 0) {
                factor = product(factor, power);
            }
            power = product(power, power);
        }
        return product(factor, first) ^ second;
    }

    private static int product(int left, int right) {
        int product = 0;
        int shifted = right;
        for (int bit = ONE; bit != 0; bit >>>= 1) {
            if ((left & bit) != 0) {
                product ^= shifted;
            }
            shifted = (shifted & 1) != 0 ? (shifted >>> 1) ^ POLYNOMIAL : shifted >>> 1;
        }
        return product;
    }

    /** Of these bytes. */
    public static int of(byte[] bytes) {
        Checksum crc = create();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
