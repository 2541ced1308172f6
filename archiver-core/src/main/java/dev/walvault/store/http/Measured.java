package dev.walvault.store.http;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/** Counts what is written and passes on no more of it than was announced. */
public final class Measured extends OutputStream {
    private final OutputStream out;
    private final long announced;
    private long written;

    /** Passes on to {@code out}. */
    public Measured(OutputStream out, long announced) {
        this.out = out;
        this.announced = announced;
    }

    /** How much was written, passed on or not. */
    public long written() {
        return written;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        Objects.checkFromIndexSize(from, length, bytes.length);
        long room = Math.max(0, announced - written);
        out.write(bytes, from, (int) Math.min(room, length));
        written += length;
    }
}
