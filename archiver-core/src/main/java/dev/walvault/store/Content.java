package dev.walvault.store;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.HostException;
import dev.walvault.Retry;
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
     * What a driver throws when {@link #writeTo} failed: the store's own error as it is; an error of this program with
     * its code and words; anything else as a local file that cannot be read.
     */
    static ArchiverException failure(ObjectKey key, IOException thrown) {
        return switch (thrown) {
            case ArchiverException known -> known;
            default ->
                Fault.of(ErrorCode.LOCAL_FILE, "could not read what was to be stored as \"" + key + "\"")
                        .detail(String.valueOf(thrown.getMessage()))
                        .cause(thrown)
                        .host();
        };
    }

    /** What a driver throws when {@link #writeTo} wrote another number of bytes than {@link #length()}. */
    static HostException wrongLength(ObjectKey key, long announced, long written) {
        return Fault.of(ErrorCode.LOCAL_FILE, "what was to be stored as \"" + key + "\" changed its length meanwhile")
                .detail(announced + " bytes were announced, " + written + " were written")
                .retry(Retry.UNKNOWN)
                .host();
    }
}
