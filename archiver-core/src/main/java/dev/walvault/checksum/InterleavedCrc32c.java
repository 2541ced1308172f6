package dev.walvault.checksum;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.zip.Checksum;

/**
 * CRC-32C (the Castagnoli polynomial, bits reflected) by tables: eight bytes at a time, of three places at a time. One sum
 * waits for itself after each eight bytes; three do so together. They are joined by what the zeros would make of the first
 * that stand for the bytes of the next (the register is linear).
 */
final class InterleavedCrc32c implements Checksum {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int POLYNOMIAL = 0x82F6_3B78;

    /** Of bytes that each of the three sums has in a turn. */
    private static final int LANE = 1024;

    private static final int BYTE = 1 << 8;

    /** What a byte makes of the register, with 0 to 7 bytes behind it: one table after the other. */
    private static final int[] AHEAD = ahead();

    /** What {@link #LANE} zeros make of the register, for each of its bytes: one table after the other. */
    private static final int[] ZEROS = zeros();

    private int register = -1;

    @Override
    public void update(int b) {
        register = register >>> 8 ^ AHEAD[(register ^ b) & 0xFF];
    }

    @Override
    public void update(byte[] bytes, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, bytes.length);
        int position = offset;
        int end = offset + count;
        int first = register;
        int[] ahead = AHEAD;
        for (; position <= end - 3 * LANE; position += 3 * LANE) {
            int second = 0;
            int third = 0;
            for (int at = position; at < position + LANE; at += Long.BYTES) {
                // written out thrice: a native image would call a method, which takes longer than what it does
                long one = (long) LONG.get(bytes, at);
                int low = first ^ (int) one;
                int high = (int) (one >>> 32);
                first = ahead[7 * BYTE + (low & 0xFF)]
                        ^ ahead[6 * BYTE + (low >>> 8 & 0xFF)]
                        ^ ahead[5 * BYTE + (low >>> 16 & 0xFF)]
                        ^ ahead[4 * BYTE + (low >>> 24)]
                        ^ ahead[3 * BYTE + (high & 0xFF)]
                        ^ ahead[2 * BYTE + (high >>> 8 & 0xFF)]
                        ^ ahead[BYTE + (high >>> 16 & 0xFF)]
                        ^ ahead[high >>> 24];
                long two = (long) LONG.get(bytes, at + LANE);
                low = second ^ (int) two;
                high = (int) (two >>> 32);
                second = ahead[7 * BYTE + (low & 0xFF)]
                        ^ ahead[6 * BYTE + (low >>> 8 & 0xFF)]
                        ^ ahead[5 * BYTE + (low >>> 16 & 0xFF)]
                        ^ ahead[4 * BYTE + (low >>> 24)]
                        ^ ahead[3 * BYTE + (high & 0xFF)]
                        ^ ahead[2 * BYTE + (high >>> 8 & 0xFF)]
                        ^ ahead[BYTE + (high >>> 16 & 0xFF)]
                        ^ ahead[high >>> 24];
                long three = (long) LONG.get(bytes, at + 2 * LANE);
                low = third ^ (int) three;
                high = (int) (three >>> 32);
                third = ahead[7 * BYTE + (low & 0xFF)]
                        ^ ahead[6 * BYTE + (low >>> 8 & 0xFF)]
                        ^ ahead[5 * BYTE + (low >>> 16 & 0xFF)]
                        ^ ahead[4 * BYTE + (low >>> 24)]
                        ^ ahead[3 * BYTE + (high & 0xFF)]
                        ^ ahead[2 * BYTE + (high >>> 8 & 0xFF)]
                        ^ ahead[BYTE + (high >>> 16 & 0xFF)]
                        ^ ahead[high >>> 24];
            }
            first = afterZeros(afterZeros(first) ^ second) ^ third;
        }
        register = first;
        for (; position < end; position++) {
            update(bytes[position]);
        }
    }

    @Override
    public long getValue() {
        return ~register & 0xFFFF_FFFFL;
    }

    @Override
    public void reset() {
        register = -1;
    }

    private static int afterZeros(int register) {
        return ZEROS[register & 0xFF]
                ^ ZEROS[BYTE + (register >>> 8 & 0xFF)]
                ^ ZEROS[2 * BYTE + (register >>> 16 & 0xFF)]
                ^ ZEROS[3 * BYTE + (register >>> 24)];
    }

    private static int[] ahead() {
        var tables = new int[Long.BYTES * BYTE];
        for (int value = 0; value < BYTE; value++) {
            int register = value;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                register = register >>> 1 ^ (POLYNOMIAL & -(register & 1));
            }
            tables[value] = register;
        }
        for (int at = BYTE; at < tables.length; at++) {
            int before = tables[at - BYTE];
            tables[at] = before >>> 8 ^ tables[before & 0xFF];
        }
        return tables;
    }

    private static int[] zeros() {
        var tables = new int[Integer.BYTES * BYTE];
        for (int at = 0; at < tables.length; at++) {
            int register = (at % BYTE) << (at / BYTE * Byte.SIZE);
            for (int zero = 0; zero < LANE; zero++) {
                register = register >>> 8 ^ AHEAD[register & 0xFF];
            }
            tables[at] = register;
        }
        return tables;
    }
}
