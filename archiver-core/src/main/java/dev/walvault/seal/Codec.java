package dev.walvault.seal;

import dev.walvault.seal.codec.BrotliEncoding;
import dev.walvault.seal.codec.Encoding;
import dev.walvault.seal.codec.GzipEncoding;
import dev.walvault.seal.codec.Lz4Encoding;
import dev.walvault.seal.codec.PlainEncoding;
import dev.walvault.seal.codec.Tail;
import dev.walvault.seal.codec.XzEncoding;
import dev.walvault.seal.codec.ZstdEncoding;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How content is compressed. Every object says it of itself; reading never asks the configuration. */
public enum Codec {
    ZSTD(new ZstdEncoding(MetadataFrame.LENGTH)),
    LZ4(new Lz4Encoding()),
    GZIP(new GzipEncoding()),
    XZ(new XzEncoding()),
    BROTLI(new BrotliEncoding()),
    NONE(new PlainEncoding());

    @SuppressWarnings("ImmutableEnumChecker") // none of them has anything that changes
    private final Encoding encoding;

    Codec(Encoding encoding) {
        this.encoding = encoding;
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

    /** Those that content can be compressed with; the others are only read. */
    public static List<Codec> written() {
        return Arrays.stream(values()).filter(Codec::isWritten).toList();
    }

    public boolean isWritten() {
        return encoding.isWritten();
    }

    /** As many bytes as the facts about a content may have. */
    public static final int MOST_FACTS = Tail.MOST_FACTS;

    /** Whether facts about the content can stand behind it. */
    public boolean hasTail() {
        return encoding.hasTail();
    }

    Encoding encoding() {
        return encoding;
    }

    public int lowestLevel() {
        return encoding.levels().lowest();
    }

    public int highestLevel() {
        return encoding.levels().highest();
    }

    /** The level where none is configured. */
    public int usualLevel() {
        return encoding.levels().usual();
    }
}
