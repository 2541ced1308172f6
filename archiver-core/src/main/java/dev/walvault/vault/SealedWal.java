package dev.walvault.vault;

import dev.walvault.pg.WalFile;
import dev.walvault.seal.ContentDigest;
import dev.walvault.seal.SealedContent;
import dev.walvault.store.Content;

/** A WAL file sealed in memory: the same bytes for each vault that is to have it. */
public final class SealedWal {
    private final WalFile file;
    private final SealedContent sealed;

    SealedWal(WalFile file, SealedContent sealed) {
        this.file = file;
        this.sealed = sealed;
    }

    /** Of the file's content, as it was when it was sealed. */
    public ContentDigest digest() {
        return sealed.digest();
    }

    WalFile file() {
        return file;
    }

    Content content() {
        return sealed.content();
    }
}
