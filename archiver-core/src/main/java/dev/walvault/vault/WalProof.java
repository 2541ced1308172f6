package dev.walvault.vault;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How a stored WAL file was proven to be what it should be. */
public enum WalProof {
    /** Read back from the vault, its digest compared. */
    CONTENT,
    /** This host cannot open it: name, digest and stored length were compared. */
    HEADER;

    static final Set<String> WORDS = Stream.of(values()).map(WalProof::text).collect(Collectors.toUnmodifiableSet());

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static WalProof of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    /** What holds for two files together. */
    public WalProof and(WalProof other) {
        return this == CONTENT ? other : this;
    }
}
