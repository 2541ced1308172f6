package dev.walvault.vault;

import dev.walvault.ArchiverException;
import dev.walvault.pipe.ContentDigest;
import dev.walvault.pipe.Sealer;
import dev.walvault.pipe.SealingStream;
import dev.walvault.pipe.WriteStamp;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.Upload;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/** A sealed object in the making: what is written to {@link #content()} appears whole at {@link #commit()}, or never. */
public final class SealedUpload implements AutoCloseable {
    private final Upload upload;
    private final Counter counter;
    private final SealingStream sealing;

    SealedUpload(Upload upload, Sealer sealer, String name, Optional<ContentDigest> digest, WriteStamp stamp)
            throws IOException {
        this.upload = upload;
        this.counter = new Counter(upload.body());
        this.sealing = sealer.sealing(name, digest, stamp, counter);
    }

    public SealingStream content() {
        return sealing;
    }

    /** Bytes of the sealed form so far; all of them after {@link #commit()}. */
    public long bytesStored() {
        return counter.bytes;
    }

    public CreateOutcome commit() throws ArchiverException, IOException {
        sealing.finish();
        return upload.commit();
    }

    /** Discards what was not committed. */
    @Override
    public void close() {
        try (upload) {
            sealing.close();
        }
    }

    private static final class Counter extends OutputStream {
        private final OutputStream out;
        private long bytes;

        Counter(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            bytes++;
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            out.write(buffer, offset, length);
            bytes += length;
        }
    }
}
