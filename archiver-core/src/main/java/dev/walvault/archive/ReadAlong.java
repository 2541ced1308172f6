package dev.walvault.archive;

import dev.walvault.pg.wal.WalFactsReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A segment that is read, and whose records are read along. */
final class ReadAlong extends FilterInputStream {
    private final WalFactsReader records;

    ReadAlong(InputStream segment, WalFactsReader records) {
        super(segment);
        this.records = records;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        int part = in.read(bytes, offset, count);
        if (part > 0) {
            records.update(bytes, offset, part);
        }
        return part;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    /** Nothing is left out of what the records are read from. */
    @Override
    public long skip(long count) throws IOException {
        return readNBytes((int) Math.min(count, 1 << 16)).length;
    }
}
