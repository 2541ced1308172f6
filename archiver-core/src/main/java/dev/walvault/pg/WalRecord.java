package dev.walvault.pg;

import dev.walvault.IntegrityException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32C;

/** Whether a record of WAL is there: XLogRecord of {@code xlogrecord.h}, which all supported versions write alike. */
public final class WalRecord {
    /** Bytes of a record's header; its checksum is the last of its fields. */
    private static final int HEADER = 24;

    private static final int CHECKSUM = 20;
    private static final int ALIGNMENT = 8;

    /** Bytes of the header of a page that is not the first of its segment, with what aligns the record behind it. */
    private static final int PAGE_HEADER = 24;

    /** The flag of a page that begins with the rest of a record (XLP_FIRST_IS_CONTRECORD). */
    private static final int CONTINUATION = 0x0001;

    private WalRecord() {}

    /**
     * Whether a whole record begins at this place, or behind the header of the page that begins there: its checksum is
     * right. One that ends in a later segment is not whole here.
     *
     * @param place in that segment
     * @param content of the segment, from its first byte on; it is left open
     * @throws IntegrityException (NOT_WAL) if not even the first page is that segment's
     */
    public static boolean isWholeAt(Lsn place, WalFile.Segment segment, InputStream content) throws IOException {
        WalPages pages = WalPages.of(segment, content);
        long offset = place.minus(pages.begin()) + (-place.value() & (ALIGNMENT - 1));
        Optional<ByteBuffer> page = pages.next();
        for (long skipped = offset / pages.blockSize(); skipped > 0 && page.isPresent(); skipped--) {
            page = pages.next();
        }
        if (page.isEmpty()) {
            return false;
        }
        int at = (int) (offset % pages.blockSize());
        if (at == 0) {
            at = offset == 0 ? WalPageHeader.BYTES : PAGE_HEADER;
            if (isContinued(page.get())) {
                return false;
            }
        }
        return isWhole(page.get().position(at), pages);
    }

    private static boolean isContinued(ByteBuffer page) {
        return (page.getShort(2) & CONTINUATION) != 0;
    }

    /** Whether the record at the position of this page, which may go on in the pages that follow, has its checksum. */
    private static boolean isWhole(ByteBuffer first, WalPages pages) throws IOException {
        byte[] header = new byte[HEADER];
        var crc = new CRC32C();
        ByteBuffer page = first;
        long length = Integer.toUnsignedLong(page.getInt(page.position()));
        if (length < HEADER) {
            return false;
        }
        for (long done = 0; done < length; ) {
            if (!page.hasRemaining()) {
                Optional<ByteBuffer> next = pages.next();
                if (next.isEmpty() || !isContinued(next.get()) || next.get().getInt(16) != (int) (length - done)) {
                    return false;
                }
                page = next.get().position(PAGE_HEADER);
            }
            int part = (int) Math.min(page.remaining(), length - done);
            int ofHeader = Math.clamp(HEADER - done, 0, part);
            page.get(header, (int) Math.min(done, HEADER), ofHeader);
            crc.update(page.slice(page.position(), part - ofHeader));
            page.position(page.position() + part - ofHeader);
            done += part;
        }
        crc.update(header, 0, CHECKSUM);
        return (int) crc.getValue()
                == ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getInt(CHECKSUM);
    }
}
