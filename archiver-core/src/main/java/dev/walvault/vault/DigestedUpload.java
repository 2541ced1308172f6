package dev.walvault.vault;

import dev.walvault.seal.SealingStream;
import dev.walvault.store.Upload;

/**
 * One that knows the digest of its sealed form, which a backup's accounts have. It is not for WAL: taking it costs
 * time.
 */
public final class DigestedUpload extends SealedUpload {
    private final StoredOutput stored;

    /** {@code sealing} writes to {@code stored}, and that to the upload. */
    DigestedUpload(Upload upload, StoredOutput stored, SealingStream sealing) {
        super(upload, sealing);
        this.stored = stored;
    }

    /** What the sealed form is; to be asked for after {@link #commit()}. */
    public StoredDigest stored() {
        return stored.digest();
    }
}
