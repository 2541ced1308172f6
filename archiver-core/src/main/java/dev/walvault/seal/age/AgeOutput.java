package dev.walvault.seal.age;

import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.util.Objects;

/** Encrypts a payload to a stream. {@link #finish()} writes the last chunk; closing does nothing. */
public final class AgeOutput extends OutputStream {
    private final OutputStream out;
    private final AgePayload payload;
    private final byte[] chunk = new byte[AgePayload.CHUNK + AgePayload.TAG];
    private int filled;

    public AgeOutput(OutputStream out, AgePayload payload) {
        this.out = out;
        this.payload = payload;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        Objects.checkFromIndexSize(offset, count, bytes.length);
        int position = offset;
        int rest = count;
        while (rest > 0) {
            // a full chunk waits until it is known not to be the last
            if (filled == AgePayload.CHUNK) {
                flushChunk(false);
            }
            int part = Math.min(rest, AgePayload.CHUNK - filled);
            System.arraycopy(bytes, position, chunk, filled, part);
            filled += part;
            position += part;
            rest -= part;
        }
    }

    /** Writes the last chunk; nothing may follow. */
    public void finish() throws IOException {
        flushChunk(true);
    }

    private void flushChunk(boolean last) throws IOException {
        try {
            int length = payload.chunk(chunk, filled, chunk, last);
            filled = 0;
            out.write(chunk, 0, length);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot encrypt a chunk", e);
        }
    }
}
