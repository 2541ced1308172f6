package dev.walvault.seal.codec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Where the frames of a zstd object and their content begin, from its seek table. */
public final class FrameIndex {
    /** A table of 8 MiB, for 1 TB of content; a longer one is no table of ours. */
    private static final int MOST_FRAMES = 1 << 20;

    /** The least that must be known of an object's end. */
    public static final int FOOTER = SeekTable.FOOTER;

    private final long[] ends;
    private final long[] contentEnds;

    private FrameIndex(int frames) {
        this.ends = new long[frames];
        this.contentEnds = new long[frames];
    }

    /**
     * The length of the seek table that ends with this footer.
     *
     * @throws IOException when none does
     */
    public static int tableLength(byte[] bytes) throws IOException {
        var footer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int frames = footer.getInt();
        boolean plain = footer.get() == 0;
        if (footer.getInt() != SeekTable.FOOTER_MAGIC || !plain || frames < 1 || frames > MOST_FRAMES) {
            throw new IOException("it ends without a seek table");
        }
        return SeekTable.HEAD + frames * SeekTable.ENTRY + SeekTable.FOOTER;
    }

    /**
     * Reads a table.
     *
     * @param length of the object that ends with it
     * @param before the length of the frame that stands before the content
     * @throws IOException when it does not describe such an object
     */
    public static FrameIndex read(byte[] table, long length, int before) throws IOException {
        var bytes = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
        var index = new FrameIndex((table.length - SeekTable.HEAD - SeekTable.FOOTER) / SeekTable.ENTRY);
        if (bytes.getInt() != SeekTable.MAGIC || bytes.getInt() != table.length - SeekTable.HEAD) {
            throw new IOException("it ends without a seek table");
        }
        long end = 0;
        long contentEnd = 0;
        for (int i = 0; i < index.ends.length; i++) {
            end += bytes.getInt() & 0xFFFF_FFFFL;
            contentEnd += bytes.getInt() & 0xFFFF_FFFFL;
            index.ends[i] = end;
            index.contentEnds[i] = contentEnd;
        }
        int last = index.ends.length - 1;
        boolean described = index.ends[0] == before
                && index.contentEnds[0] == 0
                && index.contentLength(last) == 0
                && end == length - table.length;
        if (!described) {
            throw new IOException("the seek table is not that of this object");
        }
        return index;
    }

    /** Whether each frame is small enough to be decoded as a whole, as all are that walvault writes. */
    public boolean isOfSmallFrames() {
        for (int i = 0; i < ends.length - 1; i++) {
            if (contentLength(i) > Encoder.FRAME || (contentLength(i) > 0 && length(i) > 2 * Encoder.FRAME)) {
                return false;
            }
        }
        return true;
    }

    /** The number of frames; the last one is the tail. */
    public int frames() {
        return ends.length;
    }

    /** Of all frames. */
    public long contentLength() {
        return contentEnds[contentEnds.length - 1];
    }

    /** The frame that has the byte at {@code position} of the content. */
    public int frameAt(long position) {
        int found = Arrays.binarySearch(contentEnds, position);
        int frame = found < 0 ? -found - 1 : found + 1;
        // frames without content end where the one before them does
        while (contentEnds[frame] == position) {
            frame++;
        }
        return frame;
    }

    public long begin(int frame) {
        return frame == 0 ? 0 : ends[frame - 1];
    }

    public long length(int frame) {
        return ends[frame] - begin(frame);
    }

    public long contentBegin(int frame) {
        return frame == 0 ? 0 : contentEnds[frame - 1];
    }

    public long contentLength(int frame) {
        return contentEnds[frame] - contentBegin(frame);
    }
}
