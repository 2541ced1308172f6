package dev.walvault.seal.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.OptionalLong;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.SingleXZInputStream;
import org.tukaani.xz.XZOutputStream;

/**
 * One stream, as the {@code xz} program writes it. The level is its preset. What presets above the highest one save is
 * not worth their memory: at 6 writing takes some 94 MB and reading 9 MB, at 0 it is 3 and 1.
 */
public final class XzEncoding implements Encoding {
    /** Of the decoder, in KiB: enough for a dictionary of 8 MiB, that of the highest preset. */
    private static final int MEMORY = 10 * 1024;

    @Override
    public Levels levels() {
        return new Levels(0, 6, 0);
    }

    @Override
    public boolean hasTail() {
        return false;
    }

    @Override
    public byte[] magic() {
        return new byte[] {(byte) 0xFD, '7', 'z', 'X', 'Z', 0};
    }

    @Override
    public Encoder encoder(int level, OptionalLong length, OutputStream out) throws IOException {
        var options = new LZMA2Options(level);
        if (length.isPresent()) {
            // the memory is taken at once, however little content comes
            long enough = Math.max(length.getAsLong(), LZMA2Options.DICT_SIZE_MIN);
            options.setDictSize((int) Math.min(enough, options.getDictSize()));
        }
        return new StreamEncoder(out, valve -> new XZOutputStream(valve, options));
    }

    @Override
    public Decoder decoder(InputStream in) throws IOException {
        return new Decoder(new SingleXZInputStream(in, MEMORY));
    }
}
