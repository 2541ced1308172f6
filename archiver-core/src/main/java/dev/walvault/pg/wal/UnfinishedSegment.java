package dev.walvault.pg.wal;

import dev.walvault.IntegrityException;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.WalFile;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.BooleanSupplier;

/**
 * A segment of which the server may not have written all: what follows its last record is what the file held before it
 * was given this name, or nothing. Each record is read as far as its checksum tells that it is one; what is in it is
 * not looked at.
 */
public final class UnfinishedSegment {
    private static final int PIECE = 1 << 16;

    private UnfinishedSegment() {}

    /**
     * Whether a whole record begins at this place, or behind the header of the page that begins there: its checksum is
     * right. One that ends in a later segment is not whole here.
     *
     * @param place in that segment
     * @param content of the segment, from its first byte on; it is left open
     * @throws IntegrityException (NOT_WAL) if not even the first page is that segment's
     */
    public static boolean hasWholeRecordAt(Lsn place, WalFile.Segment segment, InputStream content) throws IOException {
        var reading = new Reading(segment, content, place.plus(-place.value() & (WalStream.ALIGNMENT - 1)));
        reading.goOnWhile(() -> reading.firstRecord == 0);
        return reading.firstRecord != 0 && reading.firstRecord == reading.firstPlace();
    }

    /**
     * Where the last whole record of a segment ends, from its first record on: the end of its WAL, but for a record
     * that goes on in the next segment. A switch of segments ends where its segment does.
     *
     * @param content of the segment, from its first byte on; it is left open
     * @return the beginning of the segment if it has no whole record
     * @throws IntegrityException (NOT_WAL) if not even the first page is that segment's
     */
    public static Lsn endOf(WalFile.Segment segment, InputStream content) throws IOException {
        var reading = new Reading(segment, content, Lsn.ZERO);
        reading.goOnWhile(() -> true);
        return reading.stream.lastEnd().orElse(reading.header.pageAddress());
    }

    /**
     * Whether a segment has all its records up to this place, where one ends or the next begins.
     *
     * @param content of the segment, from its first byte on; it is left open
     * @throws IntegrityException (NOT_WAL) if not even the first page is that segment's
     */
    public static boolean reaches(Lsn place, WalFile.Segment segment, InputStream content) throws IOException {
        return !endOf(segment, content).isBefore(place);
    }

    /** Of all records from a place on. */
    private static final class Reading implements RecordReader {
        private final InputStream content;
        private final byte[] start;
        private final WalPageHeader header;
        private final Lsn from;
        private final WalStream stream;

        /** Where the first whole record begins, or 0. */
        private long firstRecord;

        Reading(WalFile.Segment segment, InputStream content, Lsn from) throws IOException {
            this.content = content;
            this.start = content.readNBytes(WalPageHeader.BYTES);
            this.header = WalPageHeader.readLong(segment.name(), start);
            WalSegmentCheck.check(segment, header.segmentSize().bytes(), start);
            this.from = from;
            this.stream = new WalStream(header, header.pageAddress(), from, this);
        }

        /** Reads on to the end of the segment, unless the WAL ends before. */
        void goOnWhile(BooleanSupplier more) throws IOException {
            byte[] piece = new byte[PIECE];
            int rest = header.segmentSize().bytes() - start.length;
            stream.update(start, 0, start.length);
            int count = 1;
            while (count > 0 && rest > 0 && stream.unread().isEmpty() && more.getAsBoolean()) {
                count = content.readNBytes(piece, 0, Math.min(PIECE, rest));
                stream.update(piece, 0, count);
                rest -= count;
            }
        }

        /** Where a record must begin to be the one that is asked for: not in the header of a page. */
        long firstPlace() {
            boolean atPage = from.value() % header.blockSize() == 0;
            boolean atSegment = from.equals(header.pageAddress());
            int skipped = atSegment ? WalPageHeader.BYTES : WalStream.PAGE_HEADER;
            return atPage ? from.value() + skipped : from.value();
        }

        @Override
        public boolean wants(int resourceManager, int info) {
            return true;
        }

        @Override
        public boolean read(WalRecord record) {
            if (firstRecord == 0) {
                firstRecord = record.begin().value();
            }
            return true;
        }
    }
}
