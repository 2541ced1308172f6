package dev.walvault.copy;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.store.Content;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.StoredDigest;
import dev.walvault.vault.Vault;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A plain object of the vault that is copied from, compared with its digest while it is read. */
record PlainObject(Vault vault, ObjectKey key, StoredDigest stored) implements Content {

    @Override
    public long length() {
        return stored.length();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        try (InputStream in = vault.store().open(key).orElseThrow(() -> damaged("it vanished while it was copied"))) {
            StoredDigest copied = StoredDigest.copy(in, out);
            if (!copied.equals(stored)) {
                throw damaged("it should have " + stored + ", and has " + copied);
            }
        }
    }

    private IOException damaged(String why) {
        return Fault.of(ErrorCode.CORRUPT, "\"" + vault.location() + "/" + key + "\" is damaged")
                .detail(why)
                .hint("It was not copied. Copy it from a vault where it is sound, or take a new backup.")
                .integrity();
    }
}
