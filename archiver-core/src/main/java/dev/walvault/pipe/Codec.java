package dev.walvault.pipe;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/** How content is compressed. Every object says it of itself; reading never asks the configuration. */
public enum Codec {
    ZSTD(1, 19, 1, "28b52ffd"),
    LZ4(1, 12, 1, "04224d18"),
    NONE(0, 0, 0, "");

    private final int lowestLevel;
    private final int highestLevel;
    private final int usualLevel;
    private final byte[] magic;

    Codec(int lowestLevel, int highestLevel, int usualLevel, String magic) {
        this.lowestLevel = lowestLevel;
        this.highestLevel = highestLevel;
        this.usualLevel = usualLevel;
        this.magic = HexFormat.of().parseHex(magic);
    }

    /** Its name in the format and in the configuration. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The codec of that name; empty: this program does not have it. */
    public static Optional<Codec> find(String word) {
        return Arrays.stream(values())
                .filter(codec -> codec.word().equals(word))
                .findFirst();
    }

    /** What encoded content always begins with; empty where there is nothing of the kind. */
    byte[] magic() {
        return magic.clone();
    }

    public int lowestLevel() {
        return lowestLevel;
    }

    public int highestLevel() {
        return highestLevel;
    }

    /** The level where none is configured. */
    public int usualLevel() {
        return usualLevel;
    }
}
