package dev.walvault.seal.codec;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.OptionalLong;

/** Frames of at most 1 MiB of content that stand each for itself, and a seek table, so that each can be found. */
public final class ZstdEncoding implements Encoding {
    /** 8 MiB, what RFC 8878 asks every decoder to support; walvault's own frames need 1 MiB. */
    private static final int WINDOW_LOG = 23;

    private final int before;

    /** {@code before}: the length of the frame that stands before the content. */
    public ZstdEncoding(int before) {
        this.before = before;
    }

    @Override
    public Levels levels() {
        return new Levels(1, 19, 1);
    }

    @Override
    public boolean hasTail() {
        return true;
    }

    @Override
    public byte[] magic() {
        return new byte[] {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD};
    }

    @Override
    public Encoder encoder(int level, OptionalLong length, OutputStream out) {
        return new ZstdEncoder(level, before, out);
    }

    @Override
    public Decoder decoder(InputStream in) throws IOException {
        var frames = new ZstdWalk(in, before);
        return new Decoder(new ZstdInputStreamNoFinalizer(frames).setLongMax(WINDOW_LOG), frames::facts);
    }
}
