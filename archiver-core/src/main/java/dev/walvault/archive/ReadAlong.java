package dev.walvault.archive;

import dev.walvault.PassingInput;
import dev.walvault.pg.wal.WalFactsReader;
import java.io.IOException;
import java.io.InputStream;

/** A segment that is read, and whose records are read along. */
final class ReadAlong extends PassingInput {
    private final WalFactsReader records;

    ReadAlong(InputStream segment, WalFactsReader records) {
        super(segment);
        this.records = records;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        int part = in.read(bytes, offset, count);
        if (part > 0) {
            records.update(bytes, offset, part);
        }
        return part;
    }
}
