package dev.walvault.pg.wal;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.PgMajor;
import dev.walvault.pg.ServerFormat;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalSegmentSize;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * The header of a segment's first page, which tells whose WAL it is: XLogLongPageHeaderData of {@code xlog_internal.h},
 * as a little-endian server writes it.
 *
 * @param magic differs by major version; that of a fork may be in no {@link ServerFormat}
 * @param info flags; {@link #LONG_HEADER} is always among them
 * @param timeline on which the first page was begun: in the first segment after a switch it is the old timeline
 * @param pageAddress position of the page's first byte
 * @param remaining bytes that are left of a record that began before this page; 0 if it begins with a record of its own
 * @param blockSize bytes of a WAL page
 */
public record WalPageHeader(
        int magic,
        int info,
        TimelineId timeline,
        Lsn pageAddress,
        long remaining,
        SystemIdentifier systemIdentifier,
        WalSegmentSize segmentSize,
        int blockSize) {
    /** The flag of a page that begins with the rest of a record (XLP_FIRST_IS_CONTRECORD). */
    static final int CONTINUATION = 0x0001;

    /** The flag of a page that begins a segment (XLP_LONG_HEADER). */
    public static final int LONG_HEADER = 0x0002;

    /** How many bytes of the file must be there to read its header. */
    public static final int BYTES = 40;

    public WalPageHeader {
        if ((info & LONG_HEADER) == 0) {
            throw new IllegalArgumentException("a page without the flag of a long header");
        }
        if (!isBlockSize(blockSize)) {
            throw new IllegalArgumentException("invalid WAL block size " + blockSize);
        }
    }

    /**
     * Reads the header from the first bytes of a segment.
     *
     * @param name of the file, for the message
     * @throws IntegrityException (NOT_WAL) if they are no long page header
     */
    public static WalPageHeader readLong(String name, byte[] start) throws IntegrityException {
        if (start.length < BYTES) {
            throw notWal(name, "has only " + start.length + " bytes, too few for a WAL page header");
        }
        var buffer = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
        int magic = Short.toUnsignedInt(buffer.getShort(0));
        int info = Short.toUnsignedInt(buffer.getShort(2));
        int timeline = buffer.getInt(4);
        int segmentSize = buffer.getInt(32);
        int blockSize = buffer.getInt(36);
        if ((info & LONG_HEADER) == 0) {
            throw notWal(
                    name,
                    "does not begin with the page header of a WAL segment: the magic is %04X and the flags are %04X"
                            .formatted(magic, info));
        }
        if (!WalSegmentSize.isValid(Integer.toUnsignedLong(segmentSize))) {
            throw notWal(
                    name,
                    "has a page header with an invalid WAL segment size of " + Integer.toUnsignedString(segmentSize)
                            + " bytes");
        }
        if (!isBlockSize(blockSize)) {
            throw notWal(
                    name,
                    "has a page header with an invalid WAL block size of " + Integer.toUnsignedString(blockSize)
                            + " bytes");
        }
        if (timeline == 0) {
            throw notWal(name, "has a page header with timeline 0");
        }
        return new WalPageHeader(
                magic,
                info,
                new TimelineId(timeline),
                new Lsn(buffer.getLong(8)),
                (info & CONTINUATION) == 0 ? 0 : Integer.toUnsignedLong(buffer.getInt(16)),
                new SystemIdentifier(buffer.getLong(24)),
                new WalSegmentSize(segmentSize),
                blockSize);
    }

    /** The version that writes pages with this magic, if it is a known one. */
    public Optional<PgMajor> major() {
        return ServerFormat.ofWalMagic(magic).map(ServerFormat::major);
    }

    /** Powers of two from 1 kB to 64 kB, which is what PostgreSQL can be built with. */
    private static boolean isBlockSize(int bytes) {
        return bytes >= 1 << 10 && bytes <= 1 << 16 && Integer.bitCount(bytes) == 1;
    }

    static IntegrityException notWal(String name, String what) {
        return Fault.of(ErrorCode.NOT_WAL, "WAL file \"" + name + "\" " + what).integrity();
    }
}
