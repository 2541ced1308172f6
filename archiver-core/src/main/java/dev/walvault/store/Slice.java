package dev.walvault.store;

import java.io.IOException;
import java.io.InputStream;

/**
 * What an object has of a {@link ByteRange}. The content ends after the byte before {@code end}, never earlier without
 * an exception. Whoever has the slice closes it.
 *
 * @param first the place in the object of the first byte of the content
 * @param end the place behind the last one; the same where the range is empty
 * @param bytesStored the length of the whole object
 */
public record Slice(InputStream content, long first, long end, long bytesStored) implements AutoCloseable {

    /** This range of an object of that length. */
    public static Slice of(InputStream content, ByteRange range, long bytesStored) {
        return new Slice(content, range.first(bytesStored), range.end(bytesStored), bytesStored);
    }

    /** How many bytes the content has. */
    public long length() {
        return end - first;
    }

    @Override
    public void close() throws IOException {
        content.close();
    }
}
