package dev.walvault.seal.codec;

import dev.walvault.PassingInput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Passes zstd frames on as they are, and follows them from header to header (RFC 8878, section 3). So it finds the tail
 * and the seek table, which a decoder skips, verifies that they are there and tell the truth, and that nothing follows
 * them.
 */
final class ZstdWalk extends PassingInput {
    private static final int FRAME_MAGIC = 0xFD2FB528;
    private static final int SKIPPABLE = 0x184D2A50;
    private static final int MAGIC = 4;
    private static final int BLOCK = 3;
    private static final int CHECKSUM = 4;
    private static final int UNKNOWN = -1;

    /** The longest header: magic, descriptor, window, dictionary, content size. */
    private final ByteBuffer head = ByteBuffer.allocate(19).order(ByteOrder.LITTLE_ENDIAN);

    private final CRC32C entries = new CRC32C();
    private boolean entriesKnown = true;
    private int frames;

    private Part part = Part.MAGIC;
    private long skipped;
    private long frameLength;
    private long contentLength;
    private int sizeLength;
    private boolean hasChecksum;
    private boolean lastBlock;

    private final ByteArrayOutputStream facts = new ByteArrayOutputStream(0);
    /** Facts, and what follows the tail. */
    private final CRC32C guarded = new CRC32C();

    private final CRC32C tableEntries = new CRC32C();
    private int tailChecksum;
    private boolean tailSeen;
    private boolean tableSeen;

    /**
     * What comes next: bytes that are skipped, and behind them some that {@link #head} takes. A part that is not fresh
     * is read together with the ones before it.
     */
    private enum Part {
        MAGIC(true),
        DESCRIPTOR(false),
        HEADER(false),
        BLOCK(true),
        END_OF_BLOCK(true),
        CHECKSUM(true),
        LENGTH(false),
        FACTS(true),
        END_OF_TAIL(true),
        TABLE(true),
        FOOTER(true),
        END_OF_SKIPPABLE(true);

        private final boolean fresh;

        Part(boolean fresh) {
            this.fresh = fresh;
        }
    }

    /** {@code before}: the length of the frame that stands before the content. */
    ZstdWalk(InputStream in, int before) {
        super(in);
        head.limit(MAGIC);
        entry(before, 0);
    }

    /** What the tail holds; empty: nothing. */
    Optional<byte[]> facts() {
        return facts.size() == 0 ? Optional.empty() : Optional.of(facts.toByteArray());
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        int length = in.read(bytes, offset, count);
        if (length < 0) {
            end();
        } else {
            follow(bytes, offset, offset + length);
        }
        return length;
    }

    private void follow(byte[] bytes, int from, int end) throws IOException {
        int position = from;
        while (position < end) {
            if (tableSeen && part == Part.MAGIC) {
                throw new IOException("bytes follow the seek table");
            }
            int taken = (int) Math.min(skipped > 0 ? skipped : head.remaining(), end - position);
            if (tailSeen) {
                guarded.update(bytes, position, taken);
            }
            if (skipped > 0) {
                skipped -= taken;
                pass(bytes, position, taken);
            } else {
                head.put(bytes, position, taken);
            }
            frameLength += taken;
            position += taken;
            if (skipped == 0 && !head.hasRemaining()) {
                next();
            }
        }
    }

    private void pass(byte[] bytes, int offset, int count) {
        if (part == Part.FACTS) {
            facts.write(bytes, offset, count);
            guarded.update(bytes, offset, count);
        } else if (part == Part.TABLE) {
            tableEntries.update(bytes, offset, count);
        }
    }

    /** Goes on with another part: skips some bytes, and fills the head up to {@code limit}. */
    private void expect(Part next, long skip, int limit) throws IOException {
        part = next;
        skipped = skip;
        if (next.fresh) {
            head.clear();
        }
        head.limit(limit);
        if (skip == 0 && !head.hasRemaining()) {
            next();
        }
    }

    private void skip(Part next, long skip) throws IOException {
        expect(next, skip, 0);
    }

    private void next() throws IOException {
        switch (part) {
            case MAGIC -> magic(head.getInt(0));
            case DESCRIPTOR -> descriptor(head.get(4));
            case HEADER -> header();
            case BLOCK -> block((head.get(0) & 0xFF) | (head.getShort(1) & 0xFFFF) << 8);
            case END_OF_BLOCK -> endOfBlock();
            case CHECKSUM -> endOfFrame();
            case LENGTH -> skippable(head.getInt(0), head.getInt(4) & 0xFFFF_FFFFL);
            case FACTS -> expect(Part.END_OF_TAIL, 0, Tail.END);
            case END_OF_TAIL -> endOfTail();
            case END_OF_SKIPPABLE -> endOfFrame();
            case TABLE -> expect(Part.FOOTER, 0, SeekTable.FOOTER);
            case FOOTER -> footer();
        }
    }

    private void magic(int magic) throws IOException {
        if (tailSeen != (magic == SeekTable.MAGIC)) {
            throw new IOException("tail and seek table do not follow each other");
        }
        if (magic == FRAME_MAGIC) {
            expect(Part.DESCRIPTOR, 0, MAGIC + 1);
        } else if ((magic & ~0xF) == SKIPPABLE) {
            expect(Part.LENGTH, 0, SeekTable.HEAD);
        } else {
            throw new IOException("something follows that is no frame");
        }
    }

    private void descriptor(int descriptor) {
        boolean singleSegment = (descriptor & 0x20) != 0;
        int window = singleSegment ? 0 : 1;
        int dictionary = (1 << (descriptor & 3)) >> 1;
        int size = descriptor >> 6 & 3;
        sizeLength = size == 0 && !singleSegment ? 0 : 1 << size;
        hasChecksum = (descriptor & 4) != 0;
        part = Part.HEADER;
        head.limit(MAGIC + 1 + window + dictionary + sizeLength);
    }

    private void header() throws IOException {
        int at = head.limit() - sizeLength;
        contentLength = switch (sizeLength) {
            case 0 -> UNKNOWN;
            case 1 -> head.get(at) & 0xFF;
            case 2 -> 256 + (head.getShort(at) & 0xFFFF);
            case 4 -> head.getInt(at) & 0xFFFF_FFFFL;
            default -> head.getLong(at);
        };
        expect(Part.BLOCK, 0, BLOCK);
    }

    private void block(int header) throws IOException {
        lastBlock = (header & 1) != 0;
        boolean repeated = (header >> 1 & 3) == 1;
        skip(Part.END_OF_BLOCK, repeated ? 1 : header >> 3);
    }

    private void endOfBlock() throws IOException {
        if (!lastBlock) {
            expect(Part.BLOCK, 0, BLOCK);
        } else if (hasChecksum) {
            expect(Part.CHECKSUM, 0, CHECKSUM);
        } else {
            endOfFrame();
        }
    }

    private void skippable(int magic, long length) throws IOException {
        contentLength = 0;
        if (magic == Tail.MAGIC) {
            if (length < Tail.END || length > Tail.END + Tail.MOST_FACTS) {
                throw new IOException("a tail of " + length + " bytes");
            }
            skip(Part.FACTS, length - Tail.END);
        } else if (tailSeen) {
            table(length);
        } else {
            skip(Part.END_OF_SKIPPABLE, length);
        }
    }

    private void endOfTail() throws IOException {
        tailSeen = true;
        tailChecksum = head.getInt(0);
        if (head.getInt(4) != facts.size()) {
            throw new IOException("a tail of another length than it says at its end");
        }
        endOfFrame();
    }

    private void table(long length) throws IOException {
        if (length != (long) frames * SeekTable.ENTRY + SeekTable.FOOTER) {
            throw new IOException("a seek table of " + length + " bytes for " + frames + " frames");
        }
        skip(Part.TABLE, length - SeekTable.FOOTER);
    }

    private void footer() throws IOException {
        boolean told = !entriesKnown || tableEntries.getValue() == entries.getValue();
        boolean ended = head.getInt(0) == frames && head.get(4) == 0 && head.getInt(5) == SeekTable.FOOTER_MAGIC;
        if (!told || !ended) {
            throw new IOException("the seek table tells of other frames than there are");
        }
        tableSeen = true;
        endOfFrame();
    }

    private void endOfFrame() throws IOException {
        entry(frameLength, contentLength);
        frameLength = 0;
        expect(Part.MAGIC, 0, MAGIC);
    }

    private void entry(long length, long content) {
        entriesKnown &= content >= 0 && length >>> 32 == 0 && content >>> 32 == 0;
        byte[] bytes = new byte[SeekTable.ENTRY];
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) length)
                .putInt((int) content);
        entries.update(bytes);
        frames++;
    }

    private void end() throws IOException {
        if (part != Part.MAGIC || head.position() > 0) {
            throw new IOException("it ends inside a frame");
        }
        if (!tableSeen) {
            throw new IOException("it ends without a seek table");
        }
        if ((int) guarded.getValue() != tailChecksum) {
            throw new IOException("the tail's checksum is not that of what follows it");
        }
    }
}
