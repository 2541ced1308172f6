package dev.walvault.seal;

import static dev.walvault.ErrorCode.CORRUPT;

import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.seal.codec.Encoder;
import java.io.IOException;
import java.io.InputStream;

/** Reads an object's content once, frame by frame, and digests it meanwhile. */
final class FrameReader {
    /**
     * The JDK copies each piece through memory of its own that is as large as the piece, and keeps it. So small, a
     * piece is still in the processor's cache when it is copied, and when it is digested.
     */
    private static final int PIECE = 128 * 1024;

    private final String name;
    private final InputStream content;
    private final long length;
    private final Digester digester = new Digester();
    private long rest;

    /** {@code length} of the content in bytes; {@code name} of the object, for messages. */
    FrameReader(String name, InputStream content, long length) {
        this.name = name;
        this.content = content;
        this.length = length;
        this.rest = length;
    }

    /** Of the content, in bytes. */
    long length() {
        return length;
    }

    /** Memory for a frame. */
    byte[] newFrame() {
        return new byte[(int) Math.min(length, Encoder.FRAME)];
    }

    /**
     * Fills the frame, but for the last one of the content; 0 at its end.
     *
     * @throws IntegrityException CORRUPT when the content has another length than it should
     */
    int next(byte[] frame) throws IOException {
        if (rest == 0) {
            if (content.read() >= 0) {
                throw changed("has more");
            }
            return 0;
        }
        int filled = fill(frame, (int) Math.min(rest, frame.length));
        if (filled == 0) {
            throw changed("has " + (length - rest));
        }
        rest -= filled;
        return filled;
    }

    /** Of all that was read. */
    ContentDigest digest() {
        return digester.result();
    }

    private int fill(byte[] frame, int most) throws IOException {
        int filled = 0;
        int part = 0;
        while (filled < most && part >= 0) {
            part = content.read(frame, filled, Math.min(PIECE, most - filled));
            if (part > 0) {
                digester.update(frame, filled, part);
                filled += part;
            }
        }
        return filled;
    }

    private IntegrityException changed(String found) {
        return Fault.of(CORRUPT, "the content of object \"" + name + "\" has changed while it was read")
                .detail("it should have " + length + " bytes and " + found)
                .integrity();
    }
}
