package dev.walvault.seal.stored;

import static dev.walvault.seal.stored.Corruption.corrupt;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * Bytes of which any range can be read: of a stored object, or of what is inside it. Holds nothing that must be closed.
 */
public interface RangeSource {
    long length();

    /** The bytes from {@code offset} on; the range must lie inside {@link #length()}. */
    InputStream open(long offset, long length) throws IOException;

    /** A part of it, which counts from its own beginning. */
    default RangeSource part(long from, long length) {
        Objects.checkFromIndexSize(from, length, length());
        RangeSource whole = this;
        return new RangeSource() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public InputStream open(long offset, long count) throws IOException {
                Objects.checkFromIndexSize(offset, count, length);
                return whole.open(from + offset, count);
            }
        };
    }

    /** Reads a range into memory; {@code object} is what messages call it. */
    default byte[] read(long offset, int length, String object) throws IOException {
        try (InputStream in = open(offset, length)) {
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw corrupt(object, "It is cut: it ends at offset " + (offset + bytes.length) + ".");
            }
            return bytes;
        }
    }
}
