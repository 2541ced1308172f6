package dev.walvault.vault;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.Upload;
import java.io.OutputStream;

/** {@code packs.jsonl} in the making: it appears whole at {@link #commit()}, or never. */
public final class PackListUpload implements AutoCloseable {
    private final BackupId id;
    private final Upload upload;
    private final StoredOutput content;

    PackListUpload(BackupId id, Upload upload) {
        this.id = id;
        this.upload = upload;
        this.content = new StoredOutput(upload.body());
    }

    /** Takes the lines of {@link PackList}. */
    public OutputStream content() {
        return content;
    }

    /**
     * Stores the list, and returns what {@code complete.json} has to say of it.
     *
     * @throws dev.walvault.IntegrityException CONFLICT if the backup has one already
     */
    public StoredDigest commit() throws ArchiverException {
        if (upload.commit() == CreateOutcome.ALREADY_THERE) {
            throw Fault.of(ErrorCode.CONFLICT, "backup " + id + " has a list of packs already")
                    .hint("Another backup with the same id is being taken. Try again.")
                    .integrity();
        }
        return content.digest();
    }

    /** Discards what was not committed. */
    @Override
    public void close() {
        upload.close();
    }
}
