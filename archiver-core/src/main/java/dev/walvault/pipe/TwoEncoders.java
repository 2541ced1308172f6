package dev.walvault.pipe;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.OptionalLong;

/**
 * Compresses the frames of one object with two threads, each every second one. In turns they read and digest, and in turns they
 * append what they have compressed, so that one reads while the other compresses and the result is that of one thread.
 */
final class TwoEncoders {
    /** Of a compressed frame: most are smaller. */
    private static final int USUAL = 512 * 1024;

    private final Compression compression;
    private final FrameReader frames;
    private final ChunkBuffer buffer;
    private final Turns reading = new Turns();
    private final Turns appending = new Turns();

    /** {@code compression}: by a codec whose frames stand each for itself. */
    TwoEncoders(Compression compression, FrameReader frames, ChunkBuffer buffer) {
        this.compression = compression;
        this.frames = frames;
        this.buffer = buffer;
    }

    /** To the end of the content. */
    void encode(SecondThread second) throws IOException {
        second.together(() -> encodeFrom(0), () -> encodeFrom(1));
    }

    private void encodeFrom(int first) throws IOException {
        try {
            encodeEverySecond(first);
        } finally {
            // whatever has failed, even for want of memory, the other must not wait for it
            reading.end();
            appending.end();
        }
    }

    /** Returns early when the other thread fails, which throws then. */
    private void encodeEverySecond(int first) throws IOException {
        byte[] frame = frames.newFrame();
        var compressed = new ByteArrayOutputStream(USUAL);
        try (var encoder = Encoder.of(compression, OptionalLong.empty(), compressed)) {
            for (int turn = first; reading.await(turn); turn += 2) {
                int count = frames.next(frame);
                reading.done();
                if (count == 0) {
                    return;
                }
                encoder.write(frame, 0, count);
                encoder.startFrame();
                if (!appending.await(turn)) {
                    return;
                }
                compressed.writeTo(buffer);
                appending.done();
                compressed.reset();
            }
        }
    }
}
