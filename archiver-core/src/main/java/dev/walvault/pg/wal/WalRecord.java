package dev.walvault.pg.wal;

import dev.walvault.pg.Lsn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record as it passes in a {@link WalStream}: valid until its reader returns, then it is the next one. Of a long
 * record only the beginning is there, with the headers of all its parts.
 */
public final class WalRecord {
    private static final int SHORT_DATA = 255;
    private static final int LONG_DATA = 254;
    private static final int ORIGIN = 253;
    private static final int TOPLEVEL_XID = 252;
    private static final int MOST_BLOCK_ID = 32;

    private static final int FORK_MASK = 0x0F;
    private static final int HAS_IMAGE = 0x10;
    private static final int SAME_RELATION = 0x80;

    /** The flag of an image without the hole in the middle of its block (BKPIMAGE_HAS_HOLE). */
    private static final int HAS_HOLE = 0x01;

    private final WalFormat format;
    private byte[] bytes = new byte[0];
    private int at;

    /** How many of its bytes are there. */
    private int kept;

    private long begin;
    private long end;

    /** Where the next part of its headers is. */
    private int next;

    private int dataAt;
    private long dataBytes;
    private @Nullable BlockReference lastBlock;
    private List<BlockReference> blocks = List.of();

    WalRecord(WalFormat format) {
        this.format = format;
    }

    /** Becomes the record whose first bytes these are. */
    void set(byte[] buffer, int offset, int count, long begins, long ends) {
        bytes = buffer;
        at = offset;
        kept = count;
        begin = begins;
        end = ends;
        dataBytes = -1;
        blocks = List.of();
        lastBlock = null;
    }

    public Lsn begin() {
        return new Lsn(begin);
    }

    /**
     * The first multiple of eight behind its last byte, as a server says it: the next one begins there, or behind a
     * page header.
     */
    public Lsn end() {
        return new Lsn(end);
    }

    /** Bytes of all of it (xl_tot_len). */
    public long length() {
        return Integer.toUnsignedLong(LittleEndian.intAt(bytes, at));
    }

    /** Of the transaction, unsigned; 0 without one (xl_xid). */
    public int transaction() {
        return LittleEndian.intAt(bytes, at + 4);
    }

    /** Where the record before begins (xl_prev). */
    public Lsn previous() {
        return new Lsn(LittleEndian.longAt(bytes, at + format.previousAt()));
    }

    /** The number of its resource manager (xl_rmid). */
    public int resourceManager() {
        return bytes[at + format.infoAt() + 1] & 0xFF;
    }

    /** What the resource manager says of it (xl_info). */
    public int info() {
        return bytes[at + format.infoAt()] & 0xFF;
    }

    /**
     * Takes it apart; what follows may be asked only then.
     *
     * @return false if its parts are not as this version has them, or too many for what is there
     */
    public boolean parse() {
        next = at + format.headerBytes();
        if (format == WalFormat.GREENPLUM_6) {
            dataAt = next;
            dataBytes = Integer.toUnsignedLong(LittleEndian.intAt(bytes, at + 8));
            return dataBytes <= length() - format.headerBytes();
        }
        return parseParts();
    }

    /** As the server does it (DecodeXLogRecord of {@code xlogreader.c}). */
    private boolean parseParts() {
        long payload = 0;
        dataBytes = 0;
        boolean more = true;
        while (more && rest() > payload) {
            if (!isThere(1)) {
                return false;
            }
            int id = bytes[next++] & 0xFF;
            switch (id) {
                case SHORT_DATA, LONG_DATA -> {
                    int count = id == SHORT_DATA ? 1 : Integer.BYTES;
                    if (!isThere(count)) {
                        return false;
                    }
                    dataBytes = id == SHORT_DATA
                            ? bytes[next] & 0xFF
                            : Integer.toUnsignedLong(LittleEndian.intAt(bytes, next));
                    next += count;
                    payload += dataBytes;
                    more = false;
                }
                case ORIGIN -> next += Short.BYTES;
                case TOPLEVEL_XID -> next += Integer.BYTES;
                default -> {
                    int size = id > MOST_BLOCK_ID ? -1 : parseBlock(id);
                    if (size < 0) {
                        return false;
                    }
                    payload += size;
                }
            }
        }
        dataAt = (int) Math.min(at + length() - dataBytes, Integer.MAX_VALUE);
        return rest() == payload;
    }

    /** Bytes of it behind the headers that were read so far. */
    private long rest() {
        return length() - (next - at);
    }

    private boolean isThere(int count) {
        return next + count <= at + kept;
    }

    /** How many bytes it has for this block, or -1 if this is no header of a block. */
    private int parseBlock(int id) {
        if (!isThere(3)) {
            return -1;
        }
        int flags = bytes[next] & 0xFF;
        int data = LittleEndian.shortAt(bytes, next + 1);
        next += 3;
        int image = 0;
        boolean hasImage = (flags & HAS_IMAGE) != 0;
        if (hasImage) {
            if (!isThere(5)) {
                return -1;
            }
            image = LittleEndian.shortAt(bytes, next);
            int imageInfo = bytes[next + 4];
            next += 5;
            if (format.isCompressed(imageInfo) && (imageInfo & HAS_HOLE) != 0) {
                next += Short.BYTES;
            }
        }
        boolean same = (flags & SAME_RELATION) != 0;
        int place = next;
        next += same ? 0 : 3 * Integer.BYTES;
        if (!isThere(Integer.BYTES) || (same && lastBlock == null)) {
            return -1;
        }
        var block = new BlockReference(
                id,
                lastBlock != null && same ? lastBlock.tablespace() : LittleEndian.intAt(bytes, place),
                lastBlock != null && same ? lastBlock.database() : LittleEndian.intAt(bytes, place + 4),
                lastBlock != null && same ? lastBlock.relation() : LittleEndian.intAt(bytes, place + 8),
                flags & FORK_MASK,
                LittleEndian.intAt(bytes, next),
                hasImage,
                image,
                data);
        next += Integer.BYTES;
        if (blocks.isEmpty()) {
            blocks = new ArrayList<>();
        }
        blocks.add(block);
        lastBlock = block;
        return image + data;
    }

    /** The blocks that it changes, in its order; of Greenplum 6 they are not read. */
    public List<BlockReference> blocks() {
        return List.copyOf(blocks);
    }

    /** Bytes of what it has for its resource manager beside what is for blocks. */
    public long dataBytes() {
        return dataBytes;
    }

    /** Whether so many bytes of that are there. */
    boolean hasData(int count) {
        return dataBytes >= count && (long) dataAt + count <= at + kept;
    }

    /** A number of it, where {@link #hasData} says that there is one. */
    int dataInt(int offset) {
        return LittleEndian.intAt(bytes, dataAt + offset);
    }

    long dataLong(int offset) {
        return LittleEndian.longAt(bytes, dataAt + offset);
    }

    /** What is there from this place on, up to the first zero byte: a string of C. Null if none ends there. */
    byte @Nullable [] dataText(int offset) {
        int last = (int) Math.min(at + kept, dataAt + dataBytes);
        for (int i = dataAt + offset; i < last; i++) {
            if (bytes[i] == 0) {
                return Arrays.copyOfRange(bytes, dataAt + offset, i);
            }
        }
        return null;
    }
}
