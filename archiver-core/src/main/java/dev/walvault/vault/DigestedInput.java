package dev.walvault.vault;

import dev.walvault.PassingInput;
import dev.walvault.seal.ContentDigest;
import dev.walvault.seal.Digester;
import java.io.IOException;
import java.io.InputStream;

/** Takes the digest of what is read through it. */
final class DigestedInput extends PassingInput {
    private final Digester digester = new Digester();

    DigestedInput(InputStream in) {
        super(in);
    }

    /** Of what was read so far. */
    ContentDigest digest() {
        return digester.result();
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        int read = in.read(bytes, offset, count);
        digester.update(bytes, offset, Math.max(read, 0));
        return read;
    }
}
