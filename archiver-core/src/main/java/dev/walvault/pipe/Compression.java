package dev.walvault.pipe;

import java.util.Locale;
import java.util.OptionalInt;

/** A codec at a level: zstd 1 to 19; lz4 1 (fast) or 2 to 12 (its high-compression variant); none 0. */
public record Compression(Codec codec, int level) {
    public Compression {
        if (level < codec.lowestLevel() || level > codec.highestLevel()) {
            throw new IllegalArgumentException(
                    codec == Codec.NONE
                            ? "codec \"none\" has no level, but " + level + " was given"
                            : "level " + level + " is outside " + codec.lowestLevel() + " to " + codec.highestLevel()
                                    + " of codec \"" + name(codec) + "\"");
        }
    }

    /** Reads {@code zstd}, {@code lz4} or {@code none}; without a level, the codec's usual one. */
    public static Compression parse(String codec, OptionalInt level) {
        for (Codec known : Codec.values()) {
            if (name(known).equals(codec)) {
                return new Compression(known, level.orElse(known.usualLevel()));
            }
        }
        throw new IllegalArgumentException("unknown codec \"" + codec + "\": it is one of zstd, lz4, none");
    }

    @Override
    public String toString() {
        return codec == Codec.NONE ? name(codec) : name(codec) + " level " + level;
    }

    private static String name(Codec codec) {
        return codec.name().toLowerCase(Locale.ROOT);
    }
}
