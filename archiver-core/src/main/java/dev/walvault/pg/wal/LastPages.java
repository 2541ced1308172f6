package dev.walvault.pg.wal;

import dev.walvault.pg.Lsn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.Optional;

/** The last pages of a segment, from which the record is known that goes on in the next one. */
public final class LastPages {
    /** A record with so many full-page images as it may have is no longer. */
    private static final int MOST = 2 << 20;

    private LastPages() {}

    /**
     * Reads them, from the page in which that record begins.
     *
     * @param segment the segment before; it is left open
     * @param next the header of the segment that follows it
     * @return empty if it is not the segment before, or the record began too long ago
     */
    public static Optional<byte[]> read(SeekableByteChannel segment, WalPageHeader next) throws IOException {
        int page = next.blockSize();
        long size = next.segmentSize().bytes();
        if (segment.size() != size) {
            return Optional.empty();
        }
        for (long offset = size - page; offset >= 0 && size - offset <= MOST; offset -= page) {
            byte[] header = read(segment, offset, WalStream.PAGE_HEADER);
            Lsn address = next.pageAddress().plus(offset - size);
            if (LittleEndian.shortAt(header, 0) != next.magic() || LittleEndian.longAt(header, 8) != address.value()) {
                return Optional.empty();
            }
            boolean goesOn = (LittleEndian.shortAt(header, 2) & WalPageHeader.CONTINUATION) != 0;
            long remaining = Integer.toUnsignedLong(LittleEndian.intAt(header, WalStream.REMAINING));
            if (!goesOn || remaining < page - WalPageHeader.BYTES) {
                return Optional.of(read(segment, offset, (int) (size - offset)));
            }
        }
        return Optional.empty();
    }

    private static byte[] read(SeekableByteChannel segment, long offset, int count) throws IOException {
        var bytes = ByteBuffer.allocate(count);
        segment.position(offset);
        while (bytes.hasRemaining() && segment.read(bytes) >= 0) {
            // a file that became shorter leaves zeros
        }
        return bytes.array();
    }
}
