package dev.walvault.pg;

import dev.walvault.IntegrityException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How far the WAL goes in a segment that may be unfinished, by the headers of its pages: what follows the last page that
 * belongs there is what a file held before it was given this name, or nothing.
 *
 * @param lastPage where the last page begins whose header is right; records may end anywhere in it
 * @param isFull whether that is the last page of the segment
 */
public record WalExtent(Lsn lastPage, boolean isFull) {
    private static final int SHORT_HEADER = 20;

    /**
     * Reads the content of a segment, as far as its pages are right.
     *
     * @param segment whose content it should be
     * @param content from its first byte on; it is left open
     * @throws IntegrityException (NOT_WAL) if not even the first page is that segment's
     */
    public static WalExtent of(WalFile.Segment segment, InputStream content) throws IOException {
        byte[] start = content.readNBytes(WalPageHeader.BYTES);
        WalPageHeader first = WalPageHeader.readLong(segment.name(), start);
        WalSegmentSize size = first.segmentSize();
        WalSegmentCheck.check(segment, size.bytes(), start);
        Lsn begin = first.pageAddress();
        long last = 0;
        content.skipNBytes(first.blockSize() - (long) start.length);
        for (long offset = first.blockSize(); offset < size.bytes(); offset += first.blockSize()) {
            byte[] page = content.readNBytes(first.blockSize());
            if (page.length < first.blockSize() || !follows(page, first, begin.plus(offset))) {
                break;
            }
            last = offset;
        }
        return new WalExtent(begin.plus(last), last == size.bytes() - (long) first.blockSize());
    }

    /** As a reader of WAL judges a page that is not the first of its segment (XLogReaderValidatePageHeader). */
    private static boolean follows(byte[] page, WalPageHeader first, Lsn address) {
        if (page.length < SHORT_HEADER) {
            return false;
        }
        var header = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
        return Short.toUnsignedInt(header.getShort(0)) == first.magic()
                && (header.getShort(2) & WalPageHeader.LONG_HEADER) == 0
                && header.getLong(8) == address.value();
    }
}
