package dev.walvault.seal.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.OptionalLong;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** One member, as the {@code gzip} program writes it. */
public final class GzipEncoding implements Encoding {
    private static final int BUFFER = 64 * 1024;

    @Override
    public Levels levels() {
        return new Levels(1, 9, 6);
    }

    @Override
    public boolean hasTail() {
        return false;
    }

    @Override
    public byte[] magic() {
        return new byte[] {0x1F, (byte) 0x8B};
    }

    @Override
    public Encoder encoder(int level, OptionalLong length, OutputStream out) throws IOException {
        return new StreamEncoder(out, valve -> new Member(level, valve));
    }

    /** The JDK's own decoder passes over what follows the last member, whatever it is. */
    @Override
    public Decoder decoder(InputStream in) throws IOException {
        return new Decoder(GzipCompressorInputStream.builder()
                .setInputStream(in)
                .setDecompressConcatenated(true)
                .get());
    }

    private static final class Member extends GZIPOutputStream {
        Member(int level, OutputStream out) throws IOException {
            super(out, BUFFER);
            def.setLevel(level);
        }
    }
}
