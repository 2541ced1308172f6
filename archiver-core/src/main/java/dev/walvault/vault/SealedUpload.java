package dev.walvault.vault;

import dev.walvault.ArchiverException;
import dev.walvault.pg.wal.WalFacts;
import dev.walvault.seal.ContentDigest;
import dev.walvault.seal.Sealer;
import dev.walvault.seal.SealingStream;
import dev.walvault.seal.WriteStamp;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.Upload;
import java.io.IOException;
import java.util.Optional;

/** A sealed object in the making: what is written to {@link #content()} appears whole at {@link #commit()}, or never. */
public final class SealedUpload implements AutoCloseable {
    private final Upload upload;
    private final StoredOutput stored;
    private final SealingStream sealing;

    SealedUpload(Upload upload, Sealer sealer, String name, Optional<ContentDigest> digest, WriteStamp stamp)
            throws IOException {
        this.upload = upload;
        this.stored = new StoredOutput(upload.body());
        this.sealing = sealer.sealing(name, digest, stamp, stored);
    }

    public SealingStream content() {
        return sealing;
    }

    /** What the sealed form is; to be asked for after {@link #commit()}. */
    public StoredDigest stored() {
        return stored.digest();
    }

    public CreateOutcome commit() throws ArchiverException, IOException {
        sealing.finish();
        return upload.commit();
    }

    /** The same of a segment, with what its records say. */
    public CreateOutcome commit(Optional<WalFacts> facts) throws ArchiverException, IOException {
        sealing.finish(WalFactsJson.bytes(facts));
        return upload.commit();
    }

    /** Discards what was not committed. */
    @Override
    public void close() {
        try (upload) {
            sealing.close();
        }
    }
}
