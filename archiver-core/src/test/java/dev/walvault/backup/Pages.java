package dev.walvault.backup;

import dev.walvault.pg.Lsn;
import dev.walvault.pg.PageChecksum;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/** Pages of relations as a server writes them. */
final class Pages {
    static final int SIZE = 8192;

    private Pages() {}

    /** A page of this block with this LSN and the checksum that belongs to it. */
    static byte[] page(long block, Lsn lsn) {
        byte[] page = new byte[SIZE];
        new Random(block).nextBytes(page);
        var buffer = ByteBuffer.wrap(page)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0, (int) (lsn.value() >>> 32))
                .putInt(4, (int) lsn.value())
                .putShort(14, (short) SIZE);
        return buffer.putShort(8, (short) PageChecksum.compute(page, 0, SIZE, block))
                .array();
    }

    /** A page that somebody changed without its checksum. */
    static byte[] bad(long block, Lsn lsn) {
        byte[] page = page(block, lsn);
        page[4000] ^= 1;
        return page;
    }

    static byte[] file(byte[]... pages) {
        var file = ByteBuffer.allocate(pages.length * SIZE);
        for (byte[] page : pages) {
            file.put(page);
        }
        return file.array();
    }
}
