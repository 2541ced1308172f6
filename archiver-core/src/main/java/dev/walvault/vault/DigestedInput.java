package dev.walvault.vault;

import dev.walvault.seal.ContentDigest;
import dev.walvault.seal.Digester;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Takes the digest of what is read through it. */
final class DigestedInput extends FilterInputStream {
    private final Digester digester = new Digester();

    DigestedInput(InputStream in) {
        super(in);
    }

    /** Of what was read so far. */
    ContentDigest digest() {
        return digester.result();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        int read = in.read(bytes, offset, count);
        digester.update(bytes, offset, Math.max(read, 0));
        return read;
    }

    @Override
    public long skip(long count) throws IOException {
        return readNBytes((int) Math.min(count, 1 << 16)).length;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
