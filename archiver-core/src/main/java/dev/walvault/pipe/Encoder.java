package dev.walvault.pipe;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.OptionalLong;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG;

/** Content in, the codec's form out. Closing releases native memory and does not finish. */
abstract sealed class Encoder implements AutoCloseable {
    /** Of content: the longest frame or block. */
    static final int FRAME = 1 << 20;

    final OutputStream out;

    private Encoder(OutputStream out) {
        this.out = out;
    }

    /** {@code length}: of the content, where known; then exactly that many bytes must be written. */
    static Encoder of(Compression compression, OptionalLong length, OutputStream out) throws IOException {
        return switch (compression.codec()) {
            case ZSTD -> new ZstdFrames(compression.level(), out);
            case LZ4 -> new Lz4Frame(compression.level(), length, out);
            case NONE -> new AsIs(out);
        };
    }

    abstract void write(byte[] bytes, int offset, int count) throws IOException;

    abstract void startFrame() throws IOException;

    abstract void finish() throws IOException;

    @Override
    public abstract void close();

    private static final class ZstdFrames extends Encoder {
        private final ZstdCompressCtx context = new ZstdCompressCtx();
        private byte[] pending = new byte[0];
        private int filled;
        private byte[] compressed = new byte[0];
        private boolean any;

        ZstdFrames(int level, OutputStream out) {
            super(out);
            context.setLevel(level).setChecksum(true).setContentSize(true);
        }

        @Override
        void write(byte[] bytes, int offset, int count) throws IOException {
            int position = offset;
            int rest = count;
            while (rest > 0) {
                if (filled == 0 && rest >= FRAME) {
                    frame(bytes, position, FRAME);
                    position += FRAME;
                    rest -= FRAME;
                    continue;
                }
                int part = Math.min(rest, FRAME - filled);
                if (pending.length < filled + part) {
                    pending = Arrays.copyOf(pending, Math.min(FRAME, Math.max(filled + part, 2 * pending.length)));
                }
                System.arraycopy(bytes, position, pending, filled, part);
                filled += part;
                position += part;
                rest -= part;
                if (filled == FRAME) {
                    startFrame();
                }
            }
        }

        @Override
        void startFrame() throws IOException {
            if (filled > 0) {
                frame(pending, 0, filled);
                filled = 0;
            }
        }

        @Override
        void finish() throws IOException {
            startFrame();
            if (!any) {
                // an empty frame says which codec it is
                frame(pending, 0, 0);
            }
        }

        @Override
        public void close() {
            context.close();
        }

        private void frame(byte[] bytes, int offset, int count) throws IOException {
            int bound = Math.toIntExact(Zstd.compressBound(count));
            if (compressed.length < bound) {
                compressed = new byte[bound];
            }
            int length = context.compressByteArray(compressed, 0, compressed.length, bytes, offset, count);
            out.write(compressed, 0, length);
            any = true;
        }
    }

    private static final class Lz4Frame extends Encoder {
        private final Valve valve;
        private final LZ4FrameOutputStream frame;
        private boolean closed;

        Lz4Frame(int level, OptionalLong length, OutputStream out) throws IOException {
            super(out);
            valve = new Valve(out);
            var lz4 = Lz4.factory();
            LZ4Compressor compressor = level == 1 ? lz4.fastCompressor() : lz4.highCompressor(level);
            var flags = EnumSet.of(FLG.Bits.BLOCK_INDEPENDENCE, FLG.Bits.CONTENT_CHECKSUM);
            if (length.isPresent()) {
                flags.add(FLG.Bits.CONTENT_SIZE);
            }
            frame = new LZ4FrameOutputStream(
                    valve,
                    blockSize(length),
                    length.orElse(-1),
                    compressor,
                    Lz4.hashes().hash32(),
                    flags.toArray(FLG.Bits[]::new));
        }

        @Override
        void write(byte[] bytes, int offset, int count) throws IOException {
            frame.write(bytes, offset, count);
        }

        @Override
        void startFrame() {
            // one frame, whatever the entries
        }

        @Override
        void finish() throws IOException {
            if (!closed) {
                closed = true;
                frame.close();
            }
        }

        @Override
        public void close() {
            if (closed) {
                return;
            }
            closed = true;
            valve.shut();
            try {
                // releases the state of the checksum; what it writes goes nowhere
                frame.close();
            } catch (IOException e) {
                // it finds that the content is not complete: that is why it is closed and not finished
                return;
            }
        }

        private static BLOCKSIZE blockSize(OptionalLong length) {
            long known = length.orElse(FRAME);
            if (known <= 64 * 1024) {
                return BLOCKSIZE.SIZE_64KB;
            }
            return known <= 256 * 1024 ? BLOCKSIZE.SIZE_256KB : BLOCKSIZE.SIZE_1MB;
        }
    }

    /** Does not pass on the close by which an lz4 frame ends; shut, it passes on nothing. */
    private static final class Valve extends FilterOutputStream {
        Valve(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            out.write(bytes, offset, count);
        }

        @Override
        public void close() {
            // the stream behind it goes on
        }

        void shut() {
            out = nullOutputStream();
        }
    }

    private static final class AsIs extends Encoder {
        AsIs(OutputStream out) {
            super(out);
        }

        @Override
        void write(byte[] bytes, int offset, int count) throws IOException {
            out.write(bytes, offset, count);
        }

        @Override
        void startFrame() {
            // no frames
        }

        @Override
        void finish() {
            // nothing is held back
        }

        @Override
        public void close() {
            // nothing to release
        }
    }
}
