package dev.walvault.pg.wal;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.walvault.pg.Lsn;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.WalSegmentSize;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** WAL of our own making: records one after the other in the pages and segments of any version. */
public final class GeneratedWal {
    static final int XLOG = 0;
    static final int TRANSACTION = 1;
    static final int TABLESPACE = 5;
    static final int HEAP = 10;

    static final int GREENPLUM_6 = 0xD07E;
    static final int GREENPLUM_7 = 0xD101;
    static final int V14 = 0xD10D;
    public static final int V15 = 0xD110;
    static final int V18 = 0xD118;
    static final int V19 = 0xD121;

    /** What a record is for, and where it is. */
    public record Place(Lsn begin, Lsn end) {}

    private static final SystemIdentifier SYSTEM = SystemIdentifier.parse("7459276829153342812");

    private final int magic;
    private final int page;
    private final WalSegmentSize size;
    private final Lsn start;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private long previous;

    /** From the beginning of a segment on. */
    GeneratedWal(int magic, int page, WalSegmentSize size, Lsn start) {
        this.magic = magic;
        this.page = page;
        this.size = size;
        this.start = start;
        this.previous = start.value() - 64;
    }

    public static GeneratedWal of(int magic) {
        boolean fork = magic == GREENPLUM_6 || magic == GREENPLUM_7;
        return new GeneratedWal(magic, fork ? 32768 : 8192, new WalSegmentSize(1 << 20), new Lsn(4L << 20));
    }

    private boolean isOld() {
        return magic == GREENPLUM_6;
    }

    int headerBytes() {
        return isOld() ? 32 : 24;
    }

    /** Where the next byte goes; the next record may have to begin behind the header of a page. */
    public Lsn position() {
        return start.plus(out.size());
    }

    private void header(int flags, int remaining) {
        boolean first = out.size() % size.bytes() == 0;
        var header = ByteBuffer.allocate(first ? 40 : 24)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) magic)
                .putShort((short) (flags | (first ? WalPageHeader.LONG_HEADER : 0)))
                .putInt(1)
                .putLong(position().value())
                .putInt(remaining);
        if (first) {
            header.putLong(24, SYSTEM.value()).putInt(32, size.bytes()).putInt(36, page);
        }
        out.writeBytes(header.array());
    }

    private void align() {
        out.writeBytes(new byte[-out.size() & 7]);
        if (out.size() % page == 0) {
            header(0, 0);
        }
    }

    /** A record with what the resource manager says of it and so many bytes of data; nothing of it is for a block. */
    Place add(int manager, int info, byte[] data) {
        var body = new ByteArrayOutputStream();
        if (!isOld()) {
            if (data.length > 255) {
                body.write(254);
                body.writeBytes(little(4).putInt(data.length).array());
            } else if (data.length > 0) {
                body.write(255);
                body.write(data.length);
            }
        }
        body.writeBytes(data);
        return addWhole(manager, info, body.toByteArray());
    }

    /** A record whose part behind the header is given. */
    Place addWhole(int manager, int info, byte[] body) {
        align();
        return put(record(manager, info, body), body.length + headerBytes());
    }

    /** The beginning of a record; the server crashed before it wrote more than so many bytes. */
    Place addBroken(byte[] body, int written) {
        long before = previous;
        align();
        Place place = put(record(HEAP, 0, body), written);
        previous = before;
        return place;
    }

    private byte[] record(int manager, int info, byte[] body) {
        int length = headerBytes() + body.length;
        byte[] bytes = new byte[length];
        var record = ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0, length)
                .putInt(4, 700);
        int checksumAt;
        if (isOld()) {
            record.putInt(8, body.length)
                    .put(12, (byte) info)
                    .put(13, (byte) manager)
                    .putLong(16, previous);
            checksumAt = 24;
        } else {
            record.putLong(8, previous).put(16, (byte) info).put(17, (byte) manager);
            checksumAt = 20;
        }
        record.put(headerBytes(), body);
        var crc = new CRC32C();
        crc.update(bytes, headerBytes(), body.length);
        crc.update(bytes, 0, checksumAt);
        record.putInt(checksumAt, (int) crc.getValue());
        return bytes;
    }

    private Place put(byte[] record, int written) {
        Lsn begin = position();
        previous = begin.value();
        for (int done = 0; done < written; ) {
            if (out.size() % page == 0) {
                header(1, record.length - done);
            }
            int part = Math.min(written - done, page - out.size() % page);
            out.write(record, done, part);
            done += part;
        }
        return new Place(begin, position().plus(-out.size() & 7));
    }

    public Place commit(long time) {
        return end(0x00, time);
    }

    /** A commit or abort; a prepared one of Greenplum 6 has other things before its time. */
    Place end(int info, long time) {
        int before = isOld() && info == 0x30 ? 16 : isOld() && info == 0x40 ? 8 : 0;
        return add(TRANSACTION, info, little(before + 20).putLong(before, time).array());
    }

    public Place point(String name, long time) {
        return add(
                XLOG,
                0x70,
                little(72).putLong(0, time).put(8, name.getBytes(UTF_8)).array());
    }

    public Place create(int oid, String location) {
        byte[] path = location.getBytes(UTF_8);
        return add(
                TABLESPACE,
                0x00,
                little(4 + path.length + 1).putInt(0, oid).put(4, path).array());
    }

    public Place drop(int oid) {
        return add(TABLESPACE, 0x10, little(isOld() ? 5 : 4).putInt(0, oid).array());
    }

    Place endOfRecovery(int from, int to) {
        return add(XLOG, 0x90, little(16).putInt(8, to).putInt(12, from).array());
    }

    Place shutdown(int from, int to) {
        return add(XLOG, 0x00, little(88).putInt(8, to).putInt(12, from).array());
    }

    /** A record that nobody asks for, of so many bytes in all: a multiple of eight, and enough for its headers. */
    public Place filler(int length) {
        int shorter = isOld() ? 0 : length > 281 ? 5 : 2;
        return add(HEAP, 0, new byte[length - headerBytes() - shorter]);
    }

    /** A switch of segments: what follows in the segment is zeros. */
    public Place switchSegment() {
        Place place = addWhole(XLOG, 0x40, new byte[0]);
        fill();
        return place;
    }

    /** What the server had reserved of this segment and never wrote. */
    void fill() {
        out.writeBytes(new byte[Math.floorMod(-out.size(), size.bytes())]);
    }

    /** The first record after a crash takes the place of the rest of the one that was broken, on a page of its own. */
    void overwrite() {
        out.writeBytes(new byte[Math.floorMod(-out.size(), page)]);
        header(magic == V19 ? 4 : 8, 0);
        add(XLOG, 0xD0, new byte[16]);
    }

    /**
     * Fills up with records that nobody asks for, so that the next one begins so many bytes before the end of the
     * segment.
     */
    public void fillUntilBeforeEnd(int bytes) {
        align();
        int target = (out.size() / size.bytes() + 1) * size.bytes() - bytes;
        while (out.size() < target) {
            int headers = 24 * ((target - 1) / page - (out.size() - 1) / page);
            int room = target - out.size() - headers;
            filler(room > 5000 ? 4000 : room);
            align();
        }
        if (out.size() != target) {
            throw new IllegalStateException("at " + out.size() + " instead of " + target);
        }
    }

    /** The whole segments that were begun, the last filled with zeros. */
    byte[] content() {
        return Arrays.copyOf(out.toByteArray(), (out.size() + size.bytes() - 1) / size.bytes() * size.bytes());
    }

    /** One of them. */
    public byte[] segment(int index) {
        return Arrays.copyOfRange(content(), index * size.bytes(), (index + 1) * size.bytes());
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
