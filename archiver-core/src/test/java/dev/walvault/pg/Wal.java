package dev.walvault.pg;

import dev.walvault.pg.wal.WalPageHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;

/** Files as a server of version 15 writes them, for the system and the sizes that a test wants. */
public final class Wal {
    /** Of version 15. */
    private static final int MAGIC = 0xD110;

    private static final int PAGE = 8192;

    private Wal() {}

    /** A whole segment: a header that is right, and content that differs by name and variant. Half of it compresses. */
    public static byte[] segment(String name, SystemIdentifier system, WalSegmentSize size, int variant) {
        byte[] content = new byte[size.bytes()];
        byte[] half = new byte[size.bytes() / 2];
        new Random(name.hashCode() * 31L + variant).nextBytes(half);
        System.arraycopy(half, 0, content, 0, half.length);
        byte[] header = header(name, system, size);
        System.arraycopy(header, 0, content, 0, header.length);
        return content;
    }

    /**
     * A segment of which the server has written so many pages: those have headers that are right. What follows is from
     * the time when the file had the name of an older segment.
     */
    public static byte[] unfinished(String name, SystemIdentifier system, WalSegmentSize size, int pages, int variant) {
        byte[] content = segment(name, system, size, variant);
        var buffer = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        long start = buffer.getLong(8);
        for (int offset = PAGE; offset < content.length; offset += PAGE) {
            boolean written = offset < pages * PAGE;
            buffer.putShort(offset, (short) MAGIC)
                    .putShort(offset + 2, (short) 0)
                    .putInt(offset + 4, buffer.getInt(4))
                    .putLong(offset + 8, start + offset - (written ? 0 : 3L * size.bytes()));
        }
        return content;
    }

    /**
     * Writes a record of so many bytes, its checksum right, into the pages of a segment, which are marked where it goes
     * on. It names the record before, if that was written as well.
     *
     * @param offset a multiple of eight behind the header of a page
     * @return where the record ends
     */
    public static int putRecord(byte[] segment, int offset, int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        var record = ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0, length)
                .putLong(8, previous(segment, offset));
        var crc = new CRC32C();
        crc.update(bytes, 24, length - 24);
        crc.update(bytes, 0, 20);
        record.putInt(20, (int) crc.getValue());
        var content = ByteBuffer.wrap(segment).order(ByteOrder.LITTLE_ENDIAN);
        int at = offset;
        for (int done = 0; done < length; ) {
            if (at % PAGE == 0) {
                content.putShort(at + 2, (short) 1).putInt(at + 16, length - done);
                at += 24;
            }
            int part = Math.min(length - done, PAGE - at % PAGE);
            content.put(at, bytes, done, part);
            done += part;
            at += part;
        }
        return at;
    }

    /** Where the record before begins; without one, any place before that. */
    private static long previous(byte[] segment, int offset) {
        var content = ByteBuffer.wrap(segment).order(ByteOrder.LITTLE_ENDIAN);
        long start = content.getLong(8);
        int at = WalPageHeader.BYTES + (content.getShort(2) & 1) * (content.getInt(16) + 7) / 8 * 8;
        while (at < offset && content.getInt(at) > 0) {
            int next = at;
            for (int rest = content.getInt(at); rest > 0; ) {
                next += next % PAGE == 0 ? 24 : 0;
                int part = Math.min(rest, PAGE - next % PAGE);
                rest -= part;
                next += part;
            }
            next = (next + 7) / 8 * 8;
            next += next % PAGE == 0 ? 24 : 0;
            if (next == offset) {
                return start + at;
            }
            at = next;
        }
        return start + offset - 8;
    }

    /** The first 40 bytes of a segment or of a partial one. */
    public static byte[] header(String name, SystemIdentifier system, WalSegmentSize size) {
        var segment = (WalFile.Segment) WalFile.parse(name.substring(0, 24));
        return ByteBuffer.allocate(WalPageHeader.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(0, (short) MAGIC)
                .putShort(2, (short) WalPageHeader.LONG_HEADER)
                .putInt(4, segment.timeline().value())
                .putLong(8, segment.toWalSegment(size).startLsn(size).value())
                .putLong(24, system.value())
                .putInt(32, size.bytes())
                .putInt(36, 8192)
                .array();
    }

    /** A {@code pg_control} with the checksum that belongs to it. */
    public static byte[] controlFile(SystemIdentifier system, WalSegmentSize size) {
        return controlFile(system, size, TimelineId.FIRST, true, 131072);
    }

    public static byte[] controlFile(
            SystemIdentifier system,
            WalSegmentSize size,
            TimelineId timeline,
            boolean checksums,
            int blocksPerRelationSegment) {
        byte[] golden;
        try (var in = Wal.class.getResourceAsStream("pg_control.15")) {
            if (in == null) {
                throw new IllegalStateException("the golden pg_control is missing");
            }
            golden = Arrays.copyOf(in.readAllBytes(), ControlFile.FILE_BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ByteBuffer.wrap(golden)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(0, system.value())
                .putInt(48, timeline.value())
                .putInt(52, timeline.value())
                .putInt(220, blocksPerRelationSegment)
                .putInt(228, size.bytes())
                .putInt(252, checksums ? 1 : 0);
        return sealed(golden);
    }

    /** The same control file with another number at an offset. */
    public static byte[] controlFile(byte[] file, int offset, int value) {
        byte[] changed = file.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(offset, value);
        return sealed(changed);
    }

    private static byte[] sealed(byte[] file) {
        var crc = new CRC32C();
        crc.update(file, 0, 288);
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(288, (int) crc.getValue());
        return file;
    }
}
