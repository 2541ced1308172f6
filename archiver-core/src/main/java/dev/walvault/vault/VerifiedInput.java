package dev.walvault.vault;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.PassingInput;
import dev.walvault.store.ObjectKey;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A stored object that is read to its end only if it is what something signed says of it. */
final class VerifiedInput extends PassingInput {
    private final ObjectKey key;
    private final StoredDigest expected;
    private final MessageDigest digest = StoredDigest.begin();
    private long bytes;
    private @Nullable StoredDigest read;

    VerifiedInput(InputStream in, ObjectKey key, StoredDigest expected) {
        super(in);
        this.key = key;
        this.expected = expected;
    }

    @Override
    public int read(byte[] buffer, int offset, int count) throws IOException {
        int part = in.read(buffer, offset, count);
        if (part < 0) {
            requireExpected();
        } else {
            digest.update(buffer, offset, part);
            bytes += part;
        }
        return part;
    }

    private void requireExpected() throws IOException {
        if (read == null) {
            read = StoredDigest.of(bytes, digest);
        }
        if (!Objects.equals(read, expected)) {
            throw Fault.of(ErrorCode.CORRUPT, "\"" + key + "\" is not what its writer has signed")
                    .detail("it should have " + expected + ", and has " + read)
                    .hint("Somebody put another object in its place; look for the one that was stored here.")
                    .integrity();
        }
    }
}
