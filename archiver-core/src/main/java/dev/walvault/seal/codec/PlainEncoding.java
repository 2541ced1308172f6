package dev.walvault.seal.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.OptionalLong;

/** The content as it is. */
public final class PlainEncoding implements Encoding {

    @Override
    public Levels levels() {
        return new Levels(0, 0, 0);
    }

    @Override
    public boolean hasTail() {
        return false;
    }

    @Override
    public byte[] magic() {
        return new byte[0];
    }

    @Override
    public Encoder encoder(int level, OptionalLong length, OutputStream out) {
        return new AsIs(out);
    }

    @Override
    public Decoder decoder(InputStream in) {
        return new Decoder(in);
    }

    private record AsIs(OutputStream out) implements Encoder {
        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            out.write(bytes, offset, count);
        }

        @Override
        public void finish(byte[] facts) {
            // nothing is held back
        }

        @Override
        public void close() {
            // nothing to release
        }
    }
}
