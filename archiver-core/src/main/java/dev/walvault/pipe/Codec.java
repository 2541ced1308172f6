package dev.walvault.pipe;

/** How content is compressed. Reading tells the codec by the first bytes, never by configuration. */
public enum Codec {
    ZSTD(1, 19, 1),
    LZ4(1, 12, 1),
    NONE(0, 0, 0);

    private final int lowestLevel;
    private final int highestLevel;
    private final int usualLevel;

    Codec(int lowestLevel, int highestLevel, int usualLevel) {
        this.lowestLevel = lowestLevel;
        this.highestLevel = highestLevel;
        this.usualLevel = usualLevel;
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
