package dev.walvault.seal.age;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * The one-time authenticator of RFC 8439, section 2.5, over whole blocks of 16 bytes: the padding by which that
 * document's section 2.8 makes every message one is the caller's. Takes the same time for the same length, whatever the
 * bytes are.
 *
 * <p>It is spelled out here although the JDK has it: the one inside the JDK's ChaCha20-Poly1305 is as fast as memory
 * where the virtual machine puts its own code in its place, and as slow as 170 MB/s in a native image, where none does.
 * Only there this one is used.
 *
 * <p>Numbers modulo 2^130 - 5 are kept as five digits of 26 bits, which leaves room in a long for the sum of their
 * products.
 */
final class Poly1305 {
    static final int BLOCK = 16;
    static final int KEY = 32;
    static final int TAG = 16;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long DIGIT = (1 << 26) - 1;

    /** The bit above a block's 128, in the highest digit. */
    private static final long ABOVE = 1 << 24;

    private final long r0;
    private final long r1;
    private final long r2;
    private final long r3;
    private final long r4;
    private final long padLow;
    private final long padHigh;
    private long h0;
    private long h1;
    private long h2;
    private long h3;
    private long h4;

    /** {@code key}: its first 32 bytes, for one message only. */
    Poly1305(byte[] key) {
        long low = (long) LONG.get(key, 0);
        long high = (long) LONG.get(key, 8);
        r0 = low & 0x3FF_FFFF;
        r1 = low >>> 26 & 0x3FF_FF03;
        r2 = (low >>> 52 | high << 12) & 0x3FF_C0FF;
        r3 = high >>> 14 & 0x3F0_3FFF;
        r4 = high >>> 40 & 0x00F_FFFF;
        padLow = (long) LONG.get(key, 16);
        padHigh = (long) LONG.get(key, 24);
    }

    /** {@code count}: a multiple of 16. */
    void update(byte[] bytes, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, bytes.length);
        if (count % BLOCK != 0) {
            throw new IllegalArgumentException(count + " bytes are not whole blocks");
        }
        // 2^130 is 5: what is carried out of the highest digit comes back in at the lowest, five times
        long s1 = 5 * r1;
        long s2 = 5 * r2;
        long s3 = 5 * r3;
        long s4 = 5 * r4;
        long a0 = h0;
        long a1 = h1;
        long a2 = h2;
        long a3 = h3;
        long a4 = h4;
        for (int position = offset; position < offset + count; position += BLOCK) {
            long low = (long) LONG.get(bytes, position);
            long high = (long) LONG.get(bytes, position + 8);
            a0 += low & DIGIT;
            a1 += low >>> 26 & DIGIT;
            a2 += (low >>> 52 | high << 12) & DIGIT;
            a3 += high >>> 14 & DIGIT;
            a4 += high >>> 40 | ABOVE;

            long d0 = a0 * r0 + a1 * s4 + a2 * s3 + a3 * s2 + a4 * s1;
            long d1 = a0 * r1 + a1 * r0 + a2 * s4 + a3 * s3 + a4 * s2;
            long d2 = a0 * r2 + a1 * r1 + a2 * r0 + a3 * s4 + a4 * s3;
            long d3 = a0 * r3 + a1 * r2 + a2 * r1 + a3 * r0 + a4 * s4;
            long d4 = a0 * r4 + a1 * r3 + a2 * r2 + a3 * r1 + a4 * r0;

            d1 += d0 >>> 26;
            d2 += d1 >>> 26;
            d3 += d2 >>> 26;
            d4 += d3 >>> 26;
            a0 = (d0 & DIGIT) + 5 * (d4 >>> 26);
            a1 = (d1 & DIGIT) + (a0 >>> 26);
            a0 &= DIGIT;
            a2 = d2 & DIGIT;
            a3 = d3 & DIGIT;
            a4 = d4 & DIGIT;
        }
        h0 = a0;
        h1 = a1;
        h2 = a2;
        h3 = a3;
        h4 = a4;
    }

    /** The tag of all that was given; nothing may follow. */
    byte[] tag() {
        carry();
        carry();
        // at most once more than the modulus is left: h + 5 reaches 2^130 exactly then
        long g0 = h0 + 5;
        long g1 = h1 + (g0 >>> 26);
        long g2 = h2 + (g1 >>> 26);
        long g3 = h3 + (g2 >>> 26);
        long g4 = h4 + (g3 >>> 26);
        long reached = -(g4 >>> 26);
        long low = select(reached, g0, h0) | select(reached, g1, h1) << 26 | select(reached, g2, h2) << 52;
        long high = select(reached, g2, h2) >>> 12 | select(reached, g3, h3) << 14 | select(reached, g4, h4) << 40;
        long sum = low + padLow;
        long carried = ((low & padLow) | ((low | padLow) & ~sum)) >>> 63;
        byte[] tag = new byte[TAG];
        LONG.set(tag, 0, sum);
        LONG.set(tag, 8, high + padHigh + carried);
        return tag;
    }

    private void carry() {
        h1 += h0 >>> 26;
        h2 += h1 >>> 26;
        h3 += h2 >>> 26;
        h4 += h3 >>> 26;
        h0 = (h0 & DIGIT) + 5 * (h4 >>> 26);
        h1 &= DIGIT;
        h2 &= DIGIT;
        h3 &= DIGIT;
        h4 &= DIGIT;
    }

    /** A digit of one or of the other number, without a branch. */
    private static long select(long mask, long set, long unset) {
        return ((mask & set) | (~mask & unset)) & DIGIT;
    }
}
