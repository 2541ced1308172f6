package dev.walvault.store;

import java.io.IOException;
import java.io.OutputStream;

/** Bytes of a known length that can be written more than once, because a store may have to send them again. */
public interface Content {
    long length();

    /** Writes all {@link #length()} bytes; does not close {@code out}. */
    void writeTo(OutputStream out) throws IOException;

    static Content of(byte[] bytes) {
        return new Content() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                out.write(bytes);
            }
        };
    }
}
