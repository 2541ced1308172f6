package dev.walvault.vault;

import dev.walvault.pg.WalFile;
import dev.walvault.store.Content;

/** A WAL file sealed in memory: the same bytes for each vault that is to have it. */
public final class SealedWal {
    private final WalFile file;
    private final Content content;

    SealedWal(WalFile file, Content content) {
        this.file = file;
        this.content = content;
    }

    WalFile file() {
        return file;
    }

    Content content() {
        return content;
    }
}
