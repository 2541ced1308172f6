package dev.walvault.seal.codec;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** An encoder that is a stream of a library, which ends what it writes when it is closed. */
final class StreamEncoder implements Encoder {
    private final OutputStream out;
    private final End end;
    private final Valve valve;
    private final OutputStream stream;
    private boolean closed;

    /** Makes the library's stream. */
    @FunctionalInterface
    interface Library {
        OutputStream stream(OutputStream out) throws IOException;
    }

    /** What follows the library's stream. */
    @FunctionalInterface
    interface End {
        void write(byte[] facts, OutputStream out) throws IOException;
    }

    /** Without anything behind the library's stream. */
    StreamEncoder(OutputStream out, Library library) throws IOException {
        this(out, library, (_, _) -> {});
    }

    StreamEncoder(OutputStream out, Library library, End end) throws IOException {
        this.end = end;
        this.out = out;
        this.valve = new Valve(out);
        this.stream = library.stream(valve);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        stream.write(bytes, offset, count);
    }

    @Override
    public void finish(byte[] facts) throws IOException {
        if (!closed) {
            closed = true;
            stream.close();
            end.write(facts, out);
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
            // releases what the library holds; what it writes goes nowhere
            stream.close();
        } catch (IOException e) {
            // it finds that the content is not complete: that is why it is closed and not finished
            return;
        }
    }

    /** Does not pass on the close by which a stream ends; shut, it passes on nothing. */
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
}
