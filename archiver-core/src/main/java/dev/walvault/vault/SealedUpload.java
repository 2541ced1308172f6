package dev.walvault.vault;

import dev.walvault.ArchiverException;
import dev.walvault.pg.wal.WalFacts;
import dev.walvault.seal.SealingStream;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.Upload;
import java.io.IOException;
import java.util.Optional;

/** A sealed object in the making: what is written to {@link #content()} appears whole at a commit, or never. */
public sealed class SealedUpload implements AutoCloseable permits DigestedUpload {
    private final Upload upload;
    private final SealingStream sealing;

    /** {@code sealing} writes to the upload. */
    SealedUpload(Upload upload, SealingStream sealing) {
        this.upload = upload;
        this.sealing = sealing;
    }

    public final SealingStream content() {
        return sealing;
    }

    public final CreateOutcome commit() throws ArchiverException, IOException {
        sealing.finish();
        return upload.commit();
    }

    /** The same of a segment, with what its records say. */
    public final CreateOutcome commit(Optional<WalFacts> facts) throws ArchiverException, IOException {
        sealing.finish(WalFactsJson.bytes(facts));
        return upload.commit();
    }

    /** Discards what was not committed. */
    @Override
    public final void close() {
        try (upload) {
            sealing.close();
        }
    }
}
