package dev.walvault.seal;

import dev.walvault.seal.codec.Encoder;
import java.io.IOException;
import java.io.OutputStream;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * A codec at a level: lz4 1 is its fast variant, 2 to 12 the one that compresses harder; xz's levels are its presets.
 */
public record Compression(Codec codec, int level) {
    public Compression {
        if (!codec.isWritten()) {
            throw new IllegalArgumentException(
                    "codec \"" + codec.word() + "\" can be read only: to write, it is one of " + codecs());
        }
        if (level < codec.lowestLevel() || level > codec.highestLevel()) {
            throw new IllegalArgumentException(
                    codec == Codec.NONE
                            ? "codec \"none\" has no level, but " + level + " was given"
                            : "level " + level + " is outside " + codec.lowestLevel() + " to " + codec.highestLevel()
                                    + " of codec \"" + codec.word() + "\"");
        }
    }

    /** Reads a codec's name; without a level, the codec's usual one. */
    public static Compression parse(String codec, OptionalInt level) {
        Codec known = Codec.find(codec)
                .orElseThrow(() ->
                        new IllegalArgumentException("unknown codec \"" + codec + "\": it is one of " + codecs()));
        return new Compression(known, level.orElse(known.usualLevel()));
    }

    /** {@code length}: of the content, where known; then exactly that many bytes must be written. */
    Encoder encoder(OptionalLong length, OutputStream out) throws IOException {
        return codec.encoding().encoder(level, length, out);
    }

    private static String codecs() {
        return Codec.written().stream().map(Codec::word).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return codec == Codec.NONE ? codec.word() : codec.word() + " level " + level;
    }
}
