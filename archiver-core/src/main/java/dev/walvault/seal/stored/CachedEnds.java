package dev.walvault.seal.stored;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads the first and the last bytes of a stored object once and keeps them: header, first chunk, last chunk and seek
 * table lie there, and each further range is a request.
 */
public final class CachedEnds implements RangeSource {
    /** Room for a header of some recipients and for the chunk behind it; for a chunk and the seek table of 8 GiB. */
    static final int END = 136 * 1024;

    private final RangeSource stored;
    private final String object;
    private final long length;
    private byte @Nullable [] first;
    private byte @Nullable [] last;

    public CachedEnds(RangeSource stored, String object) {
        this.stored = stored;
        this.object = object;
        this.length = stored.length();
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public InputStream open(long offset, long count) throws IOException {
        Objects.checkFromIndexSize(offset, count, length);
        int kept = (int) Math.min(END, length);
        if (offset + count <= kept) {
            if (first == null) {
                first = stored.read(0, kept, object);
            }
            return new ByteArrayInputStream(first, (int) offset, (int) count);
        }
        long beginOfLast = length - kept;
        if (offset >= beginOfLast) {
            if (last == null) {
                last = stored.read(beginOfLast, kept, object);
            }
            return new ByteArrayInputStream(last, (int) (offset - beginOfLast), (int) count);
        }
        return stored.open(offset, count);
    }

    /** From the first byte on, as far as it is read, in requests of a piece each. */
    public InputStream fromStart() {
        return new FromStart();
    }

    private final class FromStart extends InputStream {
        private InputStream piece = InputStream.nullInputStream();
        private long next;

        @Override
        public int read() throws IOException {
            int b = piece.read();
            return b < 0 && nextPiece() ? piece.read() : b;
        }

        @Override
        public int read(byte[] bytes, int offset, int count) throws IOException {
            int part = piece.read(bytes, offset, count);
            return part < 0 && nextPiece() ? piece.read(bytes, offset, count) : part;
        }

        private boolean nextPiece() throws IOException {
            if (next == length) {
                return false;
            }
            int count = (int) Math.min(END, length - next);
            piece = new ByteArrayInputStream(CachedEnds.this.read(next, count, object));
            next += count;
            return true;
        }
    }
}
