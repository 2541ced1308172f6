package dev.walvault.seal;

import dev.walvault.seal.stored.RangeSource;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A stored object in memory that writes down what is asked of it. */
final class MemorySource implements RangeSource {
    private final byte[] stored;
    private final List<Request> requests = new ArrayList<>();

    record Request(long offset, long length) {}

    MemorySource(byte[] stored) {
        this.stored = stored;
    }

    @Override
    public long length() {
        return stored.length;
    }

    @Override
    public InputStream open(long offset, long length) {
        Objects.checkFromIndexSize(offset, length, stored.length);
        requests.add(new Request(offset, length));
        return new ByteArrayInputStream(stored, (int) offset, (int) length);
    }

    List<Request> requests() {
        return requests;
    }
}
