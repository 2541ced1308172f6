package dev.walvault.vault;

/** How a stored WAL file was proven to be what it should be. */
public enum WalProof {
    /** Read back from the vault, its digest compared. */
    CONTENT,
    /** This host cannot open it: name, digest and stored length were compared. */
    HEADER;

    String text() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    static WalProof parse(String text) {
        return valueOf(text.toUpperCase(java.util.Locale.ROOT));
    }

    /** What holds for two files together. */
    public WalProof and(WalProof other) {
        return this == CONTENT ? other : this;
    }
}
