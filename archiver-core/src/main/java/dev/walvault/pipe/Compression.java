package dev.walvault.pipe;

import java.util.OptionalInt;

/** A codec at a level: zstd 1 to 19; lz4 1 (fast) or 2 to 12 (its high-compression variant); none 0. */
public record Compression(Codec codec, int level) {
    public Compression {
        if (level < codec.lowestLevel() || level > codec.highestLevel()) {
            throw new IllegalArgumentException(
                    codec == Codec.NONE
                            ? "codec \"none\" has no level, but " + level + " was given"
                            : "level " + level + " is outside " + codec.lowestLevel() + " to " + codec.highestLevel()
                                    + " of codec \"" + codec.word() + "\"");
        }
    }

    /** Reads {@code zstd}, {@code lz4} or {@code none}; without a level, the codec's usual one. */
    public static Compression parse(String codec, OptionalInt level) {
        Codec known = Codec.find(codec)
                .orElseThrow(() ->
                        new IllegalArgumentException("unknown codec \"" + codec + "\": it is one of zstd, lz4, none"));
        return new Compression(known, level.orElse(known.usualLevel()));
    }

    @Override
    public String toString() {
        return codec == Codec.NONE ? codec.word() : codec.word() + " level " + level;
    }
}
