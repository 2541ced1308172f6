package dev.walvault.seal.age;

import static dev.walvault.seal.stored.Corruption.corrupt;

import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.util.Objects;

/**
 * Decrypts a payload; hands out no byte of a chunk before its tag is verified, and no end before the last chunk's mark.
 */
public final class AgeInput extends InputStream {
    private static final int SEALED = AgePayload.CHUNK + AgePayload.TAG;

    private final InputStream in;
    private final AgePayload payload;
    private final String object;
    /** One byte more than a chunk: whether there is one tells whether the chunk is the last. */
    private final byte[] sealed = new byte[SEALED + 1];

    private final byte[] plain = new byte[AgePayload.CHUNK];
    private long offset;
    private int carried;
    private int position;
    private int limit;
    private boolean last;

    /** {@code in} stands at {@code offset}, behind the nonce. */
    public AgeInput(InputStream in, long offset, AgePayload payload, String object) {
        this.in = in;
        this.offset = offset;
        this.payload = payload;
        this.object = object;
    }

    @Override
    public int read() throws IOException {
        return position < limit || fill() ? plain[position++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
        Objects.checkFromIndexSize(from, count, bytes.length);
        if (count == 0) {
            return 0;
        }
        if (position == limit && !fill()) {
            return -1;
        }
        int part = Math.min(count, limit - position);
        System.arraycopy(plain, position, bytes, from, part);
        position += part;
        return part;
    }

    @Override
    public int available() {
        return limit - position;
    }

    private boolean fill() throws IOException {
        if (last) {
            return false;
        }
        int length = carried + in.readNBytes(sealed, carried, sealed.length - carried);
        boolean end = length < sealed.length;
        int chunk = Math.min(length, SEALED);
        long number = payload.counter();
        if (chunk < AgePayload.TAG) {
            throw corrupt(
                    object, "It is cut: it ends at offset " + (offset + chunk) + ", inside chunk " + number + ".");
        }
        try {
            limit = payload.chunk(sealed, chunk, plain, end);
        } catch (GeneralSecurityException e) {
            throw corrupt(
                    object,
                    "Chunk " + number + " at offset " + offset + " fails its authentication tag"
                            + (end ? "; it is the last there is, so the object may also be cut." : "."),
                    e);
        }
        if (end && limit == 0 && number > 0) {
            throw corrupt(object, "Its last chunk, at offset " + offset + ", is empty.");
        }
        position = 0;
        last = end;
        offset += chunk;
        sealed[0] = sealed[SEALED];
        carried = 1;
        return limit > 0;
    }
}
