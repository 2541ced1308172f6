package dev.walvault.pg.wal;

import dev.walvault.checksum.Crc32c;
import dev.walvault.pg.Lsn;
import java.util.Optional;
import java.util.zip.Checksum;

/**
 * The records of WAL that comes in pieces of any size, through as many pages and segments as there are. It is read as
 * far as it is right, as a server judges it (xlogreader.c); whatever the bytes are, nothing is thrown. Records that
 * nobody wants are passed by their length alone: each must name the place of the one before, which is as good as a
 * checksum against being led astray.
 */
public final class WalStream {
    /**
     * So much of a record is kept if it does not come in one piece: the headers of all its parts, or the path of a
     * tablespace (MAXPGPATH).
     */
    static final int KEPT = 2048;

    /** Bytes of the header of a page that is not the first of its segment. */
    static final int PAGE_HEADER = 24;

    /** Where a page's header says how much of the record that it begins with is left (xlp_rem_len). */
    static final int REMAINING = 16;

    /** No server writes one of so many bytes (MaxAllocSize). */
    private static final int LONGEST = 1 << 30;

    /** A record begins at a multiple of it. */
    static final int ALIGNMENT = 8;

    private static final int XLOG = 0;
    private static final int SWITCH = 0x40;

    private final WalPageHeader segment;
    private final WalFormat format;
    private final int segmentBytes;
    private final RecordReader reader;
    private final WalRecord record;
    private final Checksum checksum = Crc32c.create();

    /** Records before this place are of no interest. */
    private final long from;

    /** Whether the page with that place has come. */
    private boolean begun;

    /** Of the next byte. */
    private long position;

    /** Bytes left of this page; at 0 the next header comes. */
    private int pageRest;

    private final byte[] header = new byte[WalPageHeader.BYTES];
    private int headerBytes;
    private int timeline;

    /** Nothing is looked at before this place: what follows the record of a switch. */
    private long skipTo;

    /** Bytes left of a record whose beginning is before all that came. */
    private long orphan;

    /** The record that goes on: its place and its bytes so far. */
    private long open;

    private long done;
    private boolean wanted;
    private final byte[] kept = new byte[KEPT];
    private int keptBytes;

    /** Of the last whole record, or 0. */
    private long previous;

    private long firstBegin;
    private long firstEnd;
    private long knownFrom = -1;
    private long lastEnd;
    private long stoppedAt;
    private Optional<Unread> unread = Optional.empty();

    /**
     * A stream that begins with the page that begins at {@code position}. Of a version that is not known it is read as
     * of the newest.
     *
     * @param segment the header of one of its segments, of which it tells where the first record begins and ends
     * @param position the first byte that comes
     * @param from records that begin before this place are of no interest
     */
    public WalStream(WalPageHeader segment, Lsn position, Lsn from, RecordReader reader) {
        this.segment = segment;
        this.segmentBytes = segment.segmentSize().bytes();
        this.format = WalFormat.ofMagic(segment.magic()).orElse(WalFormat.NEWEST);
        this.reader = reader;
        this.record = new WalRecord(format);
        this.position = position.value();
        this.from = from.value();
    }

    /** The next bytes; after what is not right they are ignored. */
    public void update(byte[] bytes, int offset, int count) {
        int limit = offset + count;
        for (int at = offset; at < limit && unread.isEmpty(); ) {
            if (position < skipTo) {
                int part = (int) Math.min(limit - at, skipTo - position);
                position += part;
                at += part;
            } else if (pageRest == 0) {
                at = readHeader(bytes, at, limit);
            } else {
                int end = readRecords(bytes, at, at + Math.min(limit - at, pageRest));
                position += end - at;
                // the rest of the segment of a switch has no pages
                pageRest = position < skipTo ? 0 : pageRest - (end - at);
                at = end;
            }
        }
    }

    private int readHeader(byte[] bytes, int at, int limit) {
        int size = position % segmentBytes == 0 ? WalPageHeader.BYTES : PAGE_HEADER;
        int part = Math.min(size - headerBytes, limit - at);
        System.arraycopy(bytes, at, header, headerBytes, part);
        headerBytes += part;
        if (headerBytes == size) {
            headerBytes = 0;
            if (isPage(size == WalPageHeader.BYTES)) {
                position += size;
                pageRest = segment.blockSize() - size;
                beginPage();
            } else {
                stop(Unread.PAGE, place());
            }
        }
        return at + part;
    }

    /** As a server judges the header of a page (XLogReaderValidatePageHeader). */
    private boolean isPage(boolean first) {
        int id = LittleEndian.intAt(header, 4);
        boolean right = LittleEndian.shortAt(header, 0) == segment.magic()
                && first == ((flags() & WalPageHeader.LONG_HEADER) != 0)
                && Integer.compareUnsigned(id, timeline) >= 0
                && LittleEndian.longAt(header, 8) == position;
        timeline = id;
        return right
                && (!first
                        || (LittleEndian.longAt(header, 24)
                                        == segment.systemIdentifier().value()
                                && LittleEndian.intAt(header, 32) == segmentBytes
                                && LittleEndian.intAt(header, 36) == segment.blockSize()));
    }

    private int flags() {
        return LittleEndian.shortAt(header, 2);
    }

    /** What goes on from the page before must do so here; nothing else may. */
    private void beginPage() {
        long remaining = (flags() & WalPageHeader.CONTINUATION) == 0
                ? 0
                : Integer.toUnsignedLong(LittleEndian.intAt(header, REMAINING));
        if (!begun) {
            begun = position + pageRest > from;
            if (begun && from <= position) {
                orphan = remaining;
            }
            if (begun && orphan == 0) {
                knownFrom = Math.max(position, from);
            }
            return;
        }
        long expected = orphan + (done == 0 ? 0 : openLength() - done);
        if (expected != 0 && remaining == 0 && (flags() & format.overwriteFlag()) != 0) {
            // the server lost the rest in a crash, and wrote other records in its place
            if (orphan > 0) {
                knownFrom = position;
            }
            orphan = 0;
            done = 0;
        } else if (remaining != expected || ((flags() & WalPageHeader.CONTINUATION) != 0) != (expected != 0)) {
            stop(Unread.PAGE, place());
        }
    }

    /** Of the record that goes on: the first bytes of its header have it, and are never on two pages. */
    private long openLength() {
        return Integer.toUnsignedLong(LittleEndian.intAt(kept, 0));
    }

    /** Reads from here to the end of this part of a page; returns how far it came. */
    private int readRecords(byte[] bytes, int start, int limit) {
        long base = position - start;
        int at = start;
        if (base + at < from) {
            at += (int) Math.min(limit - at, from - base - at);
        }
        if (orphan > 0 && at < limit) {
            int part = (int) Math.min(limit - at, orphan);
            orphan -= part;
            at += part;
            if (orphan == 0) {
                knownFrom = aligned(base + at);
                ended(knownFrom);
            }
        }
        while (at < limit && unread.isEmpty() && base + at >= skipTo) {
            if (done > 0) {
                at = goOn(bytes, at, limit, base);
                continue;
            }
            at += (int) (aligned(base + at) - (base + at));
            if (firstEnd != 0 && previous != 0 && at < limit) {
                at = passUnwanted(bytes, at, limit, base);
            }
            if (at >= limit) {
                return limit;
            }
            if (limit - at < format.headerBytes()) {
                begin(base + at);
                at = goOn(bytes, at, limit, base);
            } else if (isHeader(bytes, at, base + at)) {
                long bytesOfIt = Integer.toUnsignedLong(LittleEndian.intAt(bytes, at));
                if (bytesOfIt <= limit - at) {
                    at = passWhole(bytes, at, (int) bytesOfIt, base);
                } else {
                    begin(base + at);
                    at = goOn(bytes, at, limit, base);
                }
            }
        }
        return at;
    }

    /**
     * Passes records that nobody wants, as long as each is there in one piece. They are nearly all there are, and a
     * process that stores one segment runs this before it is compiled: so it does as little as can be done.
     */
    private int passUnwanted(byte[] bytes, int start, int limit, long base) {
        int headerLength = format.headerBytes();
        int infoAt = format.infoAt();
        int previousAt = format.previousAt();
        long before = previous;
        int at = start;
        while (limit - at >= headerLength) {
            int count = LittleEndian.intAt(bytes, at);
            int manager = bytes[at + infoAt + 1] & 0xFF;
            if (count < headerLength
                    || count > limit - at
                    || LittleEndian.longAt(bytes, at + previousAt) != before
                    || manager == XLOG
                    || reader.wants(manager, bytes[at + infoAt] & 0xFF)) {
                break;
            }
            before = base + at;
            at += (count + ALIGNMENT - 1) & -ALIGNMENT;
        }
        if (at > start) {
            previous = before;
            lastEnd = base + at;
        }
        // what aligns the last one may be in the next piece
        return Math.min(at, limit);
    }

    /** Passes a record that is there in one piece. */
    private int passWhole(byte[] bytes, int at, int count, long base) {
        if (reader.wants(resourceManager(bytes, at), info(bytes, at))) {
            int body = format.headerBytes();
            checksum.reset();
            checksum.update(bytes, at + body, count - body);
            checksum.update(bytes, at, format.checksumAt());
            read(bytes, at, count, base + at, aligned(base + at + count));
        }
        passed(base + at, aligned(base + at + count), bytes, at);
        return at + count;
    }

    /** Where the server says that a record ends whose last byte is before this place (MAXALIGN). */
    private static long aligned(long place) {
        return place + (-place & (ALIGNMENT - 1));
    }

    private void begin(long place) {
        open = place;
        keptBytes = 0;
    }

    /** Takes what there is of the record that goes on. */
    private int goOn(byte[] bytes, int at, int limit, long base) {
        int next = at;
        int headerLength = format.headerBytes();
        if (done < headerLength) {
            int part = (int) Math.min(headerLength - done, limit - next);
            System.arraycopy(bytes, next, kept, keptBytes, part);
            keptBytes += part;
            done += part;
            next += part;
            if (done < headerLength) {
                if (done >= Integer.BYTES && openLength() == 0) {
                    stop(Unread.END, open);
                }
                return next;
            }
            if (!isHeader(kept, 0, open)) {
                return next;
            }
            wanted = reader.wants(resourceManager(kept, 0), info(kept, 0));
            checksum.reset();
        }
        long length = openLength();
        int part = (int) Math.min(length - done, limit - next);
        if (wanted) {
            int more = Math.min(part, KEPT - keptBytes);
            System.arraycopy(bytes, next, kept, keptBytes, more);
            keptBytes += more;
            checksum.update(bytes, next, part);
        }
        done += part;
        next += part;
        if (done == length) {
            done = 0;
            if (wanted) {
                checksum.update(kept, 0, format.checksumAt());
                read(kept, 0, keptBytes, open, aligned(base + next));
            }
            passed(open, aligned(base + next), kept, 0);
        }
        return next;
    }

    private int resourceManager(byte[] bytes, int at) {
        return bytes[at + format.infoAt() + 1] & 0xFF;
    }

    private int info(byte[] bytes, int at) {
        return bytes[at + format.infoAt()] & 0xFF;
    }

    /** Whether this can be the header of a record that begins at this place (ValidXLogRecordHeader). */
    private boolean isHeader(byte[] bytes, int at, long place) {
        int bytesOfIt = LittleEndian.intAt(bytes, at);
        long before = LittleEndian.longAt(bytes, at + format.previousAt());
        boolean right = bytesOfIt >= format.headerBytes()
                && bytesOfIt < LONGEST
                && (previous == 0 ? Long.compareUnsigned(before, place) < 0 : before == previous);
        if (right && firstBegin == 0 && place >= segment.pageAddress().value()) {
            firstBegin = place;
        }
        if (!right) {
            stop(bytesOfIt == 0 ? Unread.END : Unread.RECORD, place);
        }
        return right;
    }

    private void read(byte[] bytes, int at, int count, long begins, long ends) {
        if ((int) checksum.getValue() != LittleEndian.intAt(bytes, at + format.checksumAt())) {
            stop(Unread.CHECKSUM, begins);
            return;
        }
        record.set(bytes, at, count, begins, ends);
        if (!reader.read(record)) {
            stop(Unread.RECORD, begins);
        }
    }

    private void passed(long begins, long ends, byte[] bytes, int at) {
        if (unread.isEmpty()) {
            previous = begins;
            ended(ends);
            if (resourceManager(bytes, at) == XLOG && (info(bytes, at) & 0xF0) == SWITCH) {
                // the server pretends as well that this record goes on to the end of its segment
                skipTo = (ends + segmentBytes - 1) / segmentBytes * segmentBytes;
                lastEnd = skipTo;
            }
        }
    }

    private void ended(long place) {
        lastEnd = place;
        if (firstEnd == 0 && place > segment.pageAddress().value()) {
            firstEnd = place;
        }
    }

    /** Where what can be read no further is begun: the record that goes on, or the next one. */
    private long place() {
        return done > 0 ? open : position;
    }

    private void stop(Unread reason, long place) {
        unread = Optional.of(reason);
        stoppedAt = place;
    }

    /**
     * From where on all records are known: behind the end of one whose beginning never came. Empty before that, and
     * where that record does not end.
     */
    public Optional<Lsn> knownFrom() {
        return knownFrom < 0 ? Optional.empty() : Optional.of(new Lsn(knownFrom));
    }

    /** To where all records are known that end there or before. */
    public Lsn knownTo() {
        return new Lsn(unread.isPresent() ? stoppedAt : position);
    }

    /** Where the last whole record ends; empty if none did. */
    public Optional<Lsn> lastEnd() {
        return lastEnd == 0 ? Optional.empty() : Optional.of(new Lsn(lastEnd));
    }

    /** Where the first record begins that does so in the segment that was named; empty if none has come. */
    public Optional<Lsn> firstBegin() {
        return firstBegin == 0 ? Optional.empty() : Optional.of(new Lsn(firstBegin));
    }

    /** Where the first record ends that does so in the segment that was named; empty if none has come. */
    public Optional<Lsn> firstEnd() {
        return firstEnd == 0 ? Optional.empty() : Optional.of(new Lsn(firstEnd));
    }

    /** Bytes that are left of the record that goes on, as the next page should say it. */
    public long remaining() {
        return orphan + (done == 0 ? 0 : openLength() - done);
    }

    /** Why it is read no further; empty as long as it is. */
    public Optional<Unread> unread() {
        return unread;
    }
}
