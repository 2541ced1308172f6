package dev.walvault.pg.wal;

import dev.walvault.IntegrityException;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.WalFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * The records of a segment that may be unfinished: XLogRecord of {@code xlogrecord.h}, which all supported versions write
 * alike. What is in a record is not looked at, but for its checksum.
 */
public final class WalRecord {
    /** Bytes of a record's header; its checksum is the last of its fields. */
    private static final int HEADER = 24;

    private static final int CHECKSUM = 20;
    private static final int ALIGNMENT = 8;

    /** Bytes of the header of a page that is not the first of its segment, with what aligns the record behind it. */
    private static final int PAGE_HEADER = 24;

    /** Where a page's header says how much of the record that it begins with is left (xlp_rem_len). */
    private static final int REMAINING = 16;

    /** The flag of a page that begins with the rest of a record (XLP_FIRST_IS_CONTRECORD). */
    private static final int CONTINUATION = 0x0001;

    private final WalPages pages;

    /** Its position is where the next record may begin. */
    private ByteBuffer page;

    private WalRecord(WalPages pages, ByteBuffer page) {
        this.pages = pages;
        this.page = page;
    }

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
        long offset = aligned(place.minus(pages.begin()));
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
        return new WalRecord(pages, page.get().position(at)).pass();
    }

    /**
     * Where the last whole record of a segment ends, from its first record on: the end of its WAL, but for a record that goes
     * on in the next segment.
     *
     * @param content of the segment, from its first byte on; it is left open
     * @return the beginning of the segment if it has no whole record
     * @throws IntegrityException (NOT_WAL) if not even the first page is that segment's
     */
    public static Lsn endOf(WalFile.Segment segment, InputStream content) throws IOException {
        WalPages pages = WalPages.of(segment, content);
        Optional<ByteBuffer> first = pages.next();
        if (first.isEmpty()) {
            return pages.begin();
        }
        var records = new WalRecord(pages, first.get().position(WalPageHeader.BYTES));
        boolean begun = isContinued(first.get());
        if (begun && !records.passBytes(Integer.toUnsignedLong(first.get().getInt(REMAINING)), _ -> {})) {
            return pages.begin();
        }
        Lsn end = begun ? records.place() : pages.begin();
        while (records.pass()) {
            end = records.place();
        }
        return end;
    }

    /**
     * Whether a segment has all its records up to this place, where one ends or the next begins.
     *
     * @param content of the segment, from its first byte on; it is left open
     * @throws IntegrityException (NOT_WAL) if not even the first page is that segment's
     */
    public static boolean reaches(Lsn place, WalFile.Segment segment, InputStream content) throws IOException {
        return reaches(place, endOf(segment, content));
    }

    /** Whether WAL whose last record ends there goes up to this place: records begin at multiples of eight bytes. */
    public static boolean reaches(Lsn place, Lsn end) {
        return !end.plus(ALIGNMENT - 1).isBefore(place);
    }

    private static boolean isContinued(ByteBuffer page) {
        return (page.getShort(2) & CONTINUATION) != 0;
    }

    private static long aligned(long offset) {
        return offset + (-offset & (ALIGNMENT - 1));
    }

    private Lsn place() {
        return pages.endOfPage().plus(-page.remaining());
    }

    /** Goes behind the record that begins here; false if no whole one does. */
    private boolean pass() throws IOException {
        page.position((int) aligned(page.position()));
        if (!page.hasRemaining()) {
            Optional<ByteBuffer> next = pages.next();
            if (next.isEmpty() || isContinued(next.get())) {
                return false;
            }
            page = next.get().position(PAGE_HEADER);
        }
        long length = Integer.toUnsignedLong(page.getInt(page.position()));
        var checksum = new Checksum();
        return length >= HEADER && passBytes(length, checksum::add) && checksum.isRight();
    }

    /** Goes on through as many pages as so many bytes of one record take; false if they are not there. */
    private boolean passBytes(long length, Consumer<ByteBuffer> parts) throws IOException {
        for (long done = 0; done < length; ) {
            if (!page.hasRemaining()) {
                Optional<ByteBuffer> next = pages.next();
                if (next.isEmpty()
                        || !isContinued(next.get())
                        || next.get().getInt(REMAINING) != (int) (length - done)) {
                    return false;
                }
                page = next.get().position(PAGE_HEADER);
            }
            int part = (int) Math.min(page.remaining(), length - done);
            parts.accept(page.slice(page.position(), part));
            page.position(page.position() + part);
            done += part;
        }
        return true;
    }

    /** Of what follows a record's header, and then of that. */
    private static final class Checksum {
        private final ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
        private final CRC32C crc = new CRC32C();

        void add(ByteBuffer part) {
            while (header.hasRemaining() && part.hasRemaining()) {
                header.put(part.get());
            }
            crc.update(part);
        }

        boolean isRight() {
            crc.update(header.array(), 0, CHECKSUM);
            return (int) crc.getValue() == header.getInt(CHECKSUM);
        }
    }
}
