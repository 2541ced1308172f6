package dev.walvault.pg;

/**
 * The checksum of a relation's page: pg_checksum_page of {@code checksum_impl.h}, which runs 32 sums of the FNV-1a kind
 * side by side over the page's 32-bit words and folds them together with the block number.
 *
 * <p>Nothing is allocated. The sums are taken eight at a time, so that they stay in registers and do not wait for each
 * other's multiplication.
 */
public final class PageChecksum {
    private static final int SUMS = 32;
    private static final int ROW_BYTES = SUMS * Integer.BYTES;
    private static final int PRIME = 16777619;

    private static final int[] START = {
        0x5B1F36E9, 0xB8525960, 0x02AB50AA, 0x1DE66D2A, 0x79FF467A, 0x9BB9F8A3, 0x217E7CD2, 0x83E13D2C,
        0xF8D4474F, 0xE39EB970, 0x42C6AE16, 0x993216FA, 0x7B093B5D, 0x98DAFF3C, 0xF718902A, 0x0B1C9CDB,
        0xE58F764B, 0x187636BC, 0x5D7B3BB1, 0xE73DE7DE, 0x92BEC979, 0xCCA6C0B2, 0x304A0979, 0x85AA43D4,
        0x783125BB, 0x6CA8EAA2, 0xE407EAC6, 0x4B5CFC3E, 0x9FBF8C76, 0x15CA20BE, 0xF2CA9FD3, 0x959BD756
    };

    private PageChecksum() {}

    /**
     * Whether the page is as the server wrote it: its checksum is right, or it is new and all zeros (PageIsVerified of
     * {@code bufpage.c}). A page that is being written at this moment may fail; read it again before believing it.
     *
     * @param blockNumber of the page within its relation fork, counted through all segments
     */
    public static boolean verify(byte[] bytes, int offset, int pageSize, long blockNumber) {
        if (PageHeader.isNew(bytes, offset)) {
            return PageHeader.isZero(bytes, offset, pageSize);
        }
        return PageHeader.checksum(bytes, offset) == compute(bytes, offset, pageSize, blockNumber);
    }

    /**
     * The checksum that the page should carry, from 1 to 65535; what stands in its place counts as zero.
     *
     * @param pageSize in bytes, a multiple of 128
     */
    public static int compute(byte[] bytes, int offset, int pageSize, long blockNumber) {
        if (pageSize <= 0 || pageSize % ROW_BYTES != 0) {
            throw new IllegalArgumentException("invalid page size " + pageSize);
        }
        int folded = 0;
        for (int column = 0; column < SUMS; column += 8) {
            folded ^= foldEight(bytes, offset, pageSize, column);
        }
        return Integer.remainderUnsigned(folded ^ (int) blockNumber, 65535) + 1;
    }

    private static int foldEight(byte[] bytes, int offset, int pageSize, int column) {
        int a = START[column];
        int b = START[column + 1];
        int c = START[column + 2];
        int d = START[column + 3];
        int e = START[column + 4];
        int f = START[column + 5];
        int g = START[column + 6];
        int h = START[column + 7];
        int end = offset + pageSize;
        for (int at = offset + column * Integer.BYTES; at < end; at += ROW_BYTES) {
            // the third word of a page holds the checksum in its lower half
            int third = word(bytes, at + 8);
            if (at == offset) {
                third &= 0xFFFF_0000;
            }
            a = step(a, word(bytes, at));
            b = step(b, word(bytes, at + 4));
            c = step(c, third);
            d = step(d, word(bytes, at + 12));
            e = step(e, word(bytes, at + 16));
            f = step(f, word(bytes, at + 20));
            g = step(g, word(bytes, at + 24));
            h = step(h, word(bytes, at + 28));
        }
        return finish(a) ^ finish(b) ^ finish(c) ^ finish(d) ^ finish(e) ^ finish(f) ^ finish(g) ^ finish(h);
    }

    /** Two rounds of zeros mix the last words in. */
    private static int finish(int sum) {
        return step(step(sum, 0), 0);
    }

    private static int step(int sum, int word) {
        int mixed = sum ^ word;
        return mixed * PRIME ^ mixed >>> 17;
    }

    private static int word(byte[] bytes, int at) {
        return (int) PageHeader.INT.get(bytes, at);
    }
}
