package dev.walvault.seal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Computes a {@link ContentDigest} piece by piece. Not safe for use by several threads.
 *
 * <p>XXH64 is spelled out here although lz4-java has it: its factories look classes up by reflection, its fast Java
 * version calls methods of {@code sun.misc.Unsafe} that the JDK warns about, and its native one unpacks a library into
 * a temporary directory, all of that for every segment pushed. This one is as fast as memory.
 */
public final class Digester {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long P1 = 0x9E3779B185EBCA87L;
    private static final long P2 = 0xC2B2AE3D27D4EB4FL;
    private static final long P3 = 0x165667B19E3779F9L;
    private static final long P4 = 0x85EBCA77C2B2AE63L;
    private static final long P5 = 0x27D4EB2F165667C5L;
    private static final int STRIPE = 32;

    private final byte[] rest = new byte[STRIPE];
    private int restLength;
    private long length;
    private long lane1 = 0x60EA27EEADC0B5D6L; // P1 + P2
    private long lane2 = P2;
    private long lane3;
    private long lane4 = 0x61C8864E7A143579L; // -P1

    public void update(byte[] bytes, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, bytes.length);
        length += count;
        int position = offset;
        int end = offset + count;
        if (restLength > 0) {
            int fill = Math.min(STRIPE - restLength, count);
            System.arraycopy(bytes, position, rest, restLength, fill);
            restLength += fill;
            position += fill;
            if (restLength < STRIPE) {
                return;
            }
            stripes(rest, 0, STRIPE);
            restLength = 0;
        }
        position = stripes(bytes, position, end);
        restLength = end - position;
        System.arraycopy(bytes, position, rest, 0, restLength);
    }

    /** The digest of everything so far; more may follow. */
    public ContentDigest result() {
        long hash;
        if (length >= STRIPE) {
            hash = Long.rotateLeft(lane1, 1)
                    + Long.rotateLeft(lane2, 7)
                    + Long.rotateLeft(lane3, 12)
                    + Long.rotateLeft(lane4, 18);
            hash = merge(hash, lane1);
            hash = merge(hash, lane2);
            hash = merge(hash, lane3);
            hash = merge(hash, lane4);
        } else {
            hash = P5;
        }
        hash += length;
        int position = 0;
        for (; position + 8 <= restLength; position += 8) {
            hash ^= round(0, (long) LONG.get(rest, position));
            hash = Long.rotateLeft(hash, 27) * P1 + P4;
        }
        if (position + 4 <= restLength) {
            hash ^= ((int) INT.get(rest, position) & 0xFFFF_FFFFL) * P1;
            hash = Long.rotateLeft(hash, 23) * P2 + P3;
            position += 4;
        }
        for (; position < restLength; position++) {
            hash ^= (rest[position] & 0xFF) * P5;
            hash = Long.rotateLeft(hash, 11) * P1;
        }
        hash ^= hash >>> 33;
        hash *= P2;
        hash ^= hash >>> 29;
        hash *= P3;
        hash ^= hash >>> 32;
        return new ContentDigest(length, hash);
    }

    private int stripes(byte[] bytes, int from, int end) {
        long a = lane1;
        long b = lane2;
        long c = lane3;
        long d = lane4;
        int position = from;
        for (; position <= end - STRIPE; position += STRIPE) {
            a = round(a, (long) LONG.get(bytes, position));
            b = round(b, (long) LONG.get(bytes, position + 8));
            c = round(c, (long) LONG.get(bytes, position + 16));
            d = round(d, (long) LONG.get(bytes, position + 24));
        }
        lane1 = a;
        lane2 = b;
        lane3 = c;
        lane4 = d;
        return position;
    }

    private static long round(long lane, long input) {
        return Long.rotateLeft(lane + input * P2, 31) * P1;
    }

    private static long merge(long hash, long lane) {
        return (hash ^ round(0, lane)) * P1 + P4;
    }
}
