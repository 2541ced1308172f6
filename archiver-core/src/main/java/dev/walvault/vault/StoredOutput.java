package dev.walvault.vault;

import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** Passes on what is written, and knows its digest. Closing it closes nothing. */
final class StoredOutput extends OutputStream {
    private final OutputStream out;
    private final MessageDigest digest = StoredDigest.begin();
    private long bytes;
    private @Nullable StoredDigest ended;

    StoredOutput(OutputStream out) {
        this.out = out;
    }

    /** Of all that was written; nothing may be written after it was asked for. */
    StoredDigest digest() {
        if (ended == null) {
            ended = StoredDigest.of(bytes, digest);
        }
        return ended;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        out.write(buffer, offset, length);
        digest.update(buffer, offset, length);
        bytes += length;
    }
}
