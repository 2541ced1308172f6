package dev.walvault.pg.wal;

import dev.walvault.IntegrityException;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.WalFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * The pages of a segment that may be unfinished, in order, as far as their headers are right: what follows the last page
 * that belongs there is what the file held before it was given this name, or nothing.
 */
final class WalPages {
    private final InputStream content;
    private final byte[] start;
    private final WalPageHeader first;
    private long offset;

    private WalPages(InputStream content, byte[] start, WalPageHeader first) {
        this.content = content;
        this.start = start;
        this.first = first;
    }

    /**
     * Reads the header of the first page.
     *
     * @param segment whose content it should be
     * @param content from its first byte on; it is left open
     * @throws IntegrityException (NOT_WAL) if not even the first page is that segment's
     */
    static WalPages of(WalFile.Segment segment, InputStream content) throws IOException {
        byte[] start = content.readNBytes(WalPageHeader.BYTES);
        WalPageHeader first = WalPageHeader.readLong(segment.name(), start);
        WalSegmentCheck.check(segment, first.segmentSize().bytes(), start);
        return new WalPages(content, start, first);
    }

    /** Bytes of a page. */
    int blockSize() {
        return first.blockSize();
    }

    /** Where the segment begins. */
    Lsn begin() {
        return first.pageAddress();
    }

    /** Where the page that was read last ends. */
    Lsn endOfPage() {
        return begin().plus(offset);
    }

    /** The next page, little-endian; empty at the end of the segment, and where the next page is not one of it. */
    Optional<ByteBuffer> next() throws IOException {
        if (offset >= first.segmentSize().bytes()) {
            return Optional.empty();
        }
        int before = offset == 0 ? start.length : 0;
        byte[] bytes = Arrays.copyOf(start, first.blockSize());
        int length = before + content.readNBytes(bytes, before, bytes.length - before);
        var page = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (length < bytes.length || (offset > 0 && !follows(page))) {
            return Optional.empty();
        }
        offset += bytes.length;
        return Optional.of(page);
    }

    /** As a reader of WAL judges a page that is not the first of its segment (XLogReaderValidatePageHeader). */
    private boolean follows(ByteBuffer page) {
        return Short.toUnsignedInt(page.getShort(0)) == first.magic()
                && (page.getShort(2) & WalPageHeader.LONG_HEADER) == 0
                && page.getLong(8) == begin().plus(offset).value();
    }
}
