package dev.walvault.seal.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.EnumSet;
import java.util.OptionalLong;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG;

/** One frame of independent blocks with a checksum of the content, as the {@code lz4} program writes it. */
public final class Lz4Encoding implements Encoding {
    /** From the next level on it is the variant that compresses harder. */
    private static final int FAST = 1;

    @Override
    public Levels levels() {
        return new Levels(FAST, 12, FAST);
    }

    @Override
    public boolean hasTail() {
        return true;
    }

    @Override
    public byte[] magic() {
        return new byte[] {0x04, 0x22, 0x4D, 0x18};
    }

    @Override
    public Encoder encoder(int level, OptionalLong length, OutputStream out) throws IOException {
        return new StreamEncoder(
                out, valve -> frame(level, length, valve), (facts, end) -> Tail.write(facts, new byte[0], end));
    }

    @Override
    public Decoder decoder(InputStream in) throws IOException {
        var frames = new Lz4Frames(in);
        return new Decoder(frames, frames::facts);
    }

    private static OutputStream frame(int level, OptionalLong length, OutputStream out) throws IOException {
        var lz4 = Lz4.factory();
        LZ4Compressor compressor = level == FAST ? lz4.fastCompressor() : lz4.highCompressor(level);
        var flags = EnumSet.of(FLG.Bits.BLOCK_INDEPENDENCE, FLG.Bits.CONTENT_CHECKSUM);
        if (length.isPresent()) {
            flags.add(FLG.Bits.CONTENT_SIZE);
        }
        return new LZ4FrameOutputStream(
                out,
                blockSize(length),
                length.orElse(-1),
                compressor,
                Lz4.hashes().hash32(),
                flags.toArray(FLG.Bits[]::new));
    }

    private static BLOCKSIZE blockSize(OptionalLong length) {
        long known = length.orElse(Encoder.FRAME);
        if (known <= 64 * 1024) {
            return BLOCKSIZE.SIZE_64KB;
        }
        return known <= 256 * 1024 ? BLOCKSIZE.SIZE_256KB : BLOCKSIZE.SIZE_1MB;
    }
}
