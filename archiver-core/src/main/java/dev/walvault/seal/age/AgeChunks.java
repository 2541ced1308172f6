package dev.walvault.seal.age;

import static dev.walvault.seal.stored.Corruption.corrupt;

import dev.walvault.IntegrityException;
import dev.walvault.PieceInput;
import dev.walvault.seal.stored.RangeSource;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.util.Objects;

/** The plaintext of an age payload, of which any range can be read: each chunk is decrypted alone. */
public final class AgeChunks implements RangeSource {
    private static final int SEALED = AgePayload.CHUNK + AgePayload.TAG;

    private final RangeSource stored;
    private final long start;
    private final AgePayload payload;
    private final String object;
    private final long chunks;
    private final long length;

    /**
     * Decrypts the last chunk, so that a cut object is known before anything of it is read.
     *
     * @param start where the payload begins, behind the nonce
     */
    public AgeChunks(RangeSource stored, long start, AgePayload payload, String object) throws IOException {
        this.stored = stored;
        this.start = start;
        this.payload = payload;
        this.object = object;
        long sealed = stored.length() - start;
        this.chunks = Math.max(1, Math.ceilDiv(sealed, SEALED));
        this.length = sealed - chunks * AgePayload.TAG;
        // only the first chunk may be empty
        if (length < 0 || (length <= (chunks - 1) * AgePayload.CHUNK && chunks > 1)) {
            throw corrupt(object, "It is cut: it ends inside chunk " + (chunks - 1) + ".");
        }
        try (var last = new Range(chunks - 1, length, length)) {
            last.fill();
        }
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public InputStream open(long offset, long count) throws IOException {
        Objects.checkFromIndexSize(offset, count, length);
        if (count == 0) {
            return InputStream.nullInputStream();
        }
        return new Range(offset / AgePayload.CHUNK, offset, offset + count);
    }

    private final class Range extends PieceInput {
        private final InputStream in;
        private final AgePayload cipher;
        private final byte[] sealed = new byte[SEALED];
        private final byte[] plain = new byte[AgePayload.CHUNK];
        private long position;
        private final long end;
        private long chunk;
        private int filled;

        Range(long firstChunk, long from, long end) throws IOException {
            long first = firstChunk * SEALED;
            long last = Math.min(Math.ceilDiv(Math.max(end, 1), AgePayload.CHUNK) * SEALED, stored.length() - start);
            this.in = stored.open(start + first, last - first);
            this.cipher = payload.from(firstChunk);
            this.chunk = firstChunk;
            this.position = from;
            this.end = end;
        }

        @Override
        public int read(byte[] bytes, int offset, int count) throws IOException {
            Objects.checkFromIndexSize(offset, count, bytes.length);
            if (count == 0) {
                return 0;
            }
            if (position == end) {
                return -1;
            }
            long begin = (chunk - 1) * AgePayload.CHUNK;
            if (filled == 0 || position == begin + filled) {
                begin = chunk * AgePayload.CHUNK;
                fill();
            }
            int at = (int) (position - begin);
            int part = (int) Math.min(Math.min(count, filled - at), end - position);
            System.arraycopy(plain, at, bytes, offset, part);
            position += part;
            return part;
        }

        void fill() throws IOException {
            int whole = (int) Math.min(SEALED, stored.length() - start - chunk * SEALED);
            if (in.readNBytes(sealed, 0, whole) < whole) {
                throw corrupt(object, "It is cut: it ends inside chunk " + chunk + ".");
            }
            try {
                filled = cipher.chunk(sealed, whole, plain, chunk == chunks - 1);
            } catch (GeneralSecurityException e) {
                throw failed(e);
            }
            chunk++;
        }

        private IntegrityException failed(GeneralSecurityException e) {
            return corrupt(
                    object,
                    "Chunk " + chunk + " fails its authentication tag"
                            + (chunk == chunks - 1 ? "; it is the last there is, so the object may also be cut." : "."),
                    e);
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
