package dev.walvault.store;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Retry;
import dev.walvault.StoreException;
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

    /**
     * What a driver throws when {@link #writeTo} failed: the store's own error as it is; an error of this program with its
     * code and words; anything else as a local file that cannot be read.
     */
    static StoreException failure(ObjectKey key, IOException thrown) {
        return switch (thrown) {
            case StoreException own -> own;
            case ArchiverException known -> Fault.from(known).cause(known).store();
            default ->
                Fault.of(ErrorCode.LOCAL_FILE, "could not read what was to be stored as \"" + key + "\"")
                        .detail(String.valueOf(thrown.getMessage()))
                        .cause(thrown)
                        .store();
        };
    }

    /** What a driver throws when {@link #writeTo} wrote another number of bytes than {@link #length()}. */
    static StoreException wrongLength(ObjectKey key, long announced, long written) {
        return Fault.of(ErrorCode.LOCAL_FILE, "what was to be stored as \"" + key + "\" changed its length meanwhile")
                .detail(announced + " bytes were announced, " + written + " were written")
                .retry(Retry.UNKNOWN)
                .store();
    }
}
