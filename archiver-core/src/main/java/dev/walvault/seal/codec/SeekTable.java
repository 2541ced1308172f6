package dev.walvault.seal.codec;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Where each zstd frame of an object begins, as the published seekable format has it: lengths of all frames from the
 * object's first byte on, in a skippable frame that ends the object.
 */
public final class SeekTable {
    static final int MAGIC = 0x184D2A5E;
    static final int FOOTER_MAGIC = 0x8F92EAB1;
    static final int HEAD = 8;
    static final int ENTRY = 8;

    /** The number of frames, a descriptor that is 0 (no checksums of frames, which have their own), and a magic. */
    static final int FOOTER = 9;

    private int[] lengths = new int[2 * 32];
    private int frames;

    /** {@code before}: the length of the frame that stands before the content. */
    public SeekTable(int before) {
        add(before, 0);
    }

    /** Takes the next frame: its length, and how much content it has. */
    public void add(int frame, int content) {
        if (2 * frames == lengths.length) {
            lengths = Arrays.copyOf(lengths, 2 * lengths.length);
        }
        lengths[2 * frames] = frame;
        lengths[2 * frames + 1] = content;
        frames++;
    }

    /** Ends the object: the tail with {@code facts}, which may be empty, and the table. */
    public void writeEnd(byte[] facts, OutputStream out) throws IOException {
        add(Tail.length(facts), 0);
        Tail.write(facts, toFrame(), out);
    }

    private byte[] toFrame() {
        int rest = frames * ENTRY + FOOTER;
        var frame = ByteBuffer.allocate(HEAD + rest).order(ByteOrder.LITTLE_ENDIAN);
        frame.putInt(MAGIC).putInt(rest);
        for (int i = 0; i < 2 * frames; i++) {
            frame.putInt(lengths[i]);
        }
        frame.putInt(frames).put((byte) 0).putInt(FOOTER_MAGIC);
        return frame.array();
    }
}
