package dev.walvault.vault;

import dev.walvault.pg.WalFile;
import dev.walvault.pipe.ContentDigest;
import dev.walvault.pipe.Digester;
import dev.walvault.pipe.SealedContent;
import dev.walvault.store.Content;
import java.io.IOException;
import java.io.OutputStream;

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

    /** Of the sealed bytes. */
    public ContentDigest storedDigest() throws IOException {
        var digester = new Digester();
        sealed.content().writeTo(new OutputStream() {
            @Override
            public void write(int b) {
                byte[] one = {(byte) b};
                digester.update(one, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                digester.update(bytes, offset, length);
            }
        });
        return digester.result();
    }

    WalFile file() {
        return file;
    }

    Content content() {
        return sealed.content();
    }
}
