package dev.walvault.vault;

import java.util.Locale;

/** How a stored WAL file was proven to be what it should be. */
public enum WalProof {
    /** Read back from the vault, its digest compared. */
    CONTENT,
    /** This host cannot open it: name, digest and stored length were compared. */
    HEADER;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static WalProof parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    /** What holds for two files together. */
    public WalProof and(WalProof other) {
        return this == CONTENT ? other : this;
    }
}
