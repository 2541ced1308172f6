package dev.walvault.seal;

import dev.walvault.seal.codec.SeekTable;
import dev.walvault.seal.codec.ZstdFrame;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * Compresses the zstd frames of one object with two threads, each every second one. In turns they read and digest, and
 * in turns they append what they have compressed, so that one reads while the other compresses and the result is that
 * of one thread.
 */
final class TwoEncoders {
    private final int level;
    private final FrameReader frames;
    private final ChunkBuffer buffer;
    private final SeekTable table = new SeekTable(MetadataFrame.LENGTH);
    private final Turns reading = new Turns();
    private final Turns appending = new Turns();

    /** {@code level} of zstd. */
    TwoEncoders(int level, FrameReader frames, ChunkBuffer buffer) {
        this.level = level;
        this.frames = frames;
        this.buffer = buffer;
    }

    /** To the end of the content, and of what stands behind it; {@code facts} are asked for then. */
    void encode(SecondThread second, Supplier<byte[]> facts) throws IOException {
        second.together(() -> encodeFrom(0), () -> encodeFrom(1));
        table.writeEnd(facts.get(), buffer);
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
        byte[] content = frames.newFrame();
        try (var frame = new ZstdFrame(level)) {
            for (int turn = first; reading.await(turn); turn += 2) {
                int count = frames.next(content);
                reading.done();
                if (count == 0) {
                    return;
                }
                int length = frame.compress(content, 0, count);
                if (!appending.await(turn)) {
                    return;
                }
                buffer.write(frame.bytes(), 0, length);
                table.add(length, count);
                appending.done();
            }
        }
    }
}
