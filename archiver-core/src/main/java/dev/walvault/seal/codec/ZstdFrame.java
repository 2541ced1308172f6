package dev.walvault.seal.codec;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;

/** Compresses one frame at a time. Closing releases native memory. */
public final class ZstdFrame implements AutoCloseable {
    private final ZstdCompressCtx context = new ZstdCompressCtx();
    private byte[] compressed = new byte[0];

    public ZstdFrame(int level) {
        context.setLevel(level).setChecksum(true).setContentSize(true);
    }

    /** Returns the length of the frame that {@link #bytes()} begins with then. */
    public int compress(byte[] content, int offset, int count) {
        int bound = Math.toIntExact(Zstd.compressBound(count));
        if (compressed.length < bound) {
            compressed = new byte[bound];
        }
        return context.compressByteArray(compressed, 0, compressed.length, content, offset, count);
    }

    /** What was compressed last; the next frame overwrites it. */
    public byte[] bytes() {
        return compressed;
    }

    /**
     * The content of whole frames.
     *
     * @throws IOException when they are damaged, or their content has another length
     */
    public static byte[] decode(byte[] frames, int contentLength) throws IOException {
        byte[] content = new byte[contentLength];
        long length;
        try {
            length = Zstd.decompressByteArray(content, 0, content.length, frames, 0, frames.length);
        } catch (ZstdException e) {
            throw new IOException(e.getMessage(), e);
        }
        if (length != contentLength) {
            throw new IOException("its content should have " + contentLength + " bytes, and has " + length);
        }
        return content;
    }

    @Override
    public void close() {
        context.close();
    }
}
