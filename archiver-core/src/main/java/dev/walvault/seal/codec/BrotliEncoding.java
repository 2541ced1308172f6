package dev.walvault.seal.codec;

import dev.walvault.PassingInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.OptionalLong;
import org.brotli.dec.BrotliInputStream;
import org.jspecify.annotations.Nullable;

/** One stream, as the {@code brotli} program writes it. It is only read: nobody has written an encoder in Java. */
public final class BrotliEncoding implements Encoding {
    @Override
    public boolean isWritten() {
        return false;
    }

    @Override
    public Levels levels() {
        return new Levels(0, 0, 0);
    }

    @Override
    public boolean hasTail() {
        return false;
    }

    /** A stream begins with the size of its window, in one bit or more, and with content after that. */
    @Override
    public byte[] magic() {
        return new byte[0];
    }

    @Override
    public Encoder encoder(int level, OptionalLong length, OutputStream out) {
        throw new UnsupportedOperationException("brotli is read, and not written");
    }

    @Override
    public Decoder decoder(InputStream in) throws IOException {
        var source = new Source(in);
        return new Decoder(new Content(source, source.begin()));
    }

    /** Knows what the library does not tell: whether it has read to the end, and why it could not. */
    private static final class Source extends PassingInput {
        private boolean ended;
        private @Nullable IOException failure;

        Source(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] bytes, int offset, int count) throws IOException {
            try {
                int part = in.read(bytes, offset, count);
                ended |= part < 0;
                return part;
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }

        BrotliInputStream begin() throws IOException {
            try {
                return new BrotliInputStream(this);
            } catch (IOException e) {
                throw reason(e);
            }
        }

        /** The library wraps what the source has thrown, and so does its own complaint. */
        IOException reason(IOException e) {
            if (failure != null) {
                return failure;
            }
            return e.getCause() == null ? e : new IOException(e.getCause().getMessage(), e);
        }
    }

    private static final class Content extends PassingInput {
        private final Source source;

        Content(Source source, BrotliInputStream library) {
            super(library);
            this.source = source;
        }

        @Override
        public int read(byte[] bytes, int offset, int count) throws IOException {
            int part;
            try {
                part = in.read(bytes, offset, count);
            } catch (IOException e) {
                throw source.reason(e);
            }
            // the library asks for more once it has less than 36 bytes, so the last of a stream it has asked for
            if (part < 0 && !source.ended) {
                throw new IOException("bytes follow the end of the stream");
            }
            return part;
        }
    }
}
