package dev.walvault.pg;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The fields of a relation's page that a backup looks at, read in place: PageHeaderData of {@code bufpage.h}, as a
 * little-endian server writes it. Nothing is allocated; {@code offset} is where the page begins in {@code bytes}.
 */
public final class PageHeader {
    /** How long the header is; every page is longer. */
    public static final int BYTES = 24;

    static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private PageHeader() {}

    /** The end of the last WAL record that changed the page, stored as two halves, the upper one first (pd_lsn). */
    public static long lsn(byte[] bytes, int offset) {
        long upper = Integer.toUnsignedLong((int) INT.get(bytes, offset));
        long lower = Integer.toUnsignedLong((int) INT.get(bytes, offset + 4));
        return upper << 32 | lower;
    }

    /** The checksum written in the page, from 0 to 65535 (pd_checksum). */
    public static int checksum(byte[] bytes, int offset) {
        return unsignedShort(bytes, offset + 8);
    }

    /** Whether the server has reserved the page, but never written to it: pd_upper is zero (PageIsNew). */
    public static boolean isNew(byte[] bytes, int offset) {
        return unsignedShort(bytes, offset + 14) == 0;
    }

    /** Whether each byte of the page is zero, which is what a new page ought to be. */
    public static boolean isZero(byte[] bytes, int offset, int pageSize) {
        for (int at = offset; at < offset + pageSize; at += Long.BYTES) {
            if ((long) LONG.get(bytes, at) != 0) {
                return false;
            }
        }
        return true;
    }

    private static int unsignedShort(byte[] bytes, int offset) {
        return Short.toUnsignedInt((short) SHORT.get(bytes, offset));
    }
}
