package dev.walvault.pg;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

/** Control files of servers that cannot be run here. */
public final class ControlFiles {
    /** The next major version may have such numbers. */
    private static final int UNKNOWN_VERSION = 2001;

    private static final int UNKNOWN_CATALOG = 202707011;

    private ControlFiles() {}

    /** Whole, of a version and a layout that nobody knows. */
    public static byte[] ofUnknownVersion(SystemIdentifier system) {
        return ofUnknownVersion(system, UNKNOWN_VERSION, 316);
    }

    /** The same of a fork, which keeps the WAL pages of the version that it comes from. */
    public static byte[] ofUnknownFork(SystemIdentifier system) {
        return ofUnknownVersion(system, 13000700, 316);
    }

    static byte[] ofUnknownVersion(SystemIdentifier system, int controlVersion, int crcOffset) {
        byte[] content = new byte[ControlFile.FILE_BYTES];
        for (int at = 16; at < crcOffset; at++) {
            content[at] = (byte) (at * 31);
        }
        little(content).putLong(0, system.value()).putInt(8, controlVersion).putInt(12, UNKNOWN_CATALOG);
        return sealed(content, crcOffset);
    }

    /** Random data where a layout has its fields. */
    static byte[] random(ControlFileLayout layout, RandomGenerator random) {
        byte[] content = new byte[ControlFile.FILE_BYTES];
        byte[] noise = new byte[layout.crc()];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, content, 0, noise.length);
        little(content)
                .putInt(8, layout.controlVersions().getFirst())
                .putInt(16, random.nextInt(7))
                .putInt(layout.redo() + 8, 1 + random.nextInt(100))
                .putInt(layout.redo() + 12, 1 + random.nextInt(100))
                .put(layout.redo() + 16, (byte) random.nextInt(2))
                .putLong(layout.checkpointTime(), random.nextInt())
                .putInt(
                        layout.minRecoveryPoint() + 36,
                        random.nextInt(layout.walLevels().size()))
                .putDouble(layout.floatFormat(), 1234567.0)
                .putInt(layout.floatFormat() + 8, 1 << (10 + random.nextInt(6)))
                .putInt(layout.floatFormat() + 12, 1 + random.nextInt(131072))
                .putInt(layout.walBlockSize(), 1 << (10 + random.nextInt(6)))
                .putInt(layout.walBlockSize() + 4, 1 << (20 + random.nextInt(10)))
                .putInt(layout.checksums(), random.nextInt(5));
        return sealed(content, layout.crc());
    }

    static byte[] sealed(byte[] content, int crcOffset) {
        little(content).putInt(crcOffset, ControlFileLayout.crc(content, crcOffset));
        return content;
    }

    static ByteBuffer little(byte[] content) {
        return ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    }
}
