package dev.walvault.seal;

import static dev.walvault.seal.stored.Corruption.corrupt;

import dev.walvault.seal.codec.FrameIndex;
import dev.walvault.seal.codec.Tail;
import dev.walvault.seal.stored.RangeSource;
import java.io.IOException;
import java.util.Optional;

/**
 * A stored object of which parts are read: {@link Unsealer#openRanges}. What is not read is not verified, but for the
 * header and the last chunk of an encrypted one, the seek table and the facts.
 */
public final class RangedObject {
    private static final byte[] NOTHING = {};

    private final ObjectMeta meta;
    private final Optional<RangeSource> content;
    private final Optional<byte[]> facts;

    private RangedObject(ObjectMeta meta, Optional<RangeSource> content, byte[] facts) {
        this.meta = meta;
        this.content = content;
        this.facts = facts.length == 0 ? Optional.empty() : Optional.of(facts);
    }

    /** {@code compressed}: the compressed form, which begins with the metadata frame. */
    static RangedObject of(ObjectMeta meta, RangeSource compressed) throws IOException {
        return switch (meta.codec()) {
            case ZSTD -> ofZstd(meta, compressed);
            case LZ4 -> new RangedObject(meta, Optional.empty(), factsOfLz4(meta.name(), compressed));
            case NONE -> {
                var content = compressed.part(MetadataFrame.LENGTH, compressed.length() - MetadataFrame.LENGTH);
                yield new RangedObject(meta, Optional.of(requireLength(meta, content)), NOTHING);
            }
            case GZIP, XZ, BROTLI -> new RangedObject(meta, Optional.empty(), NOTHING);
        };
    }

    public ObjectMeta meta() {
        return meta;
    }

    /**
     * The content. What is read of it is verified frame by frame and chunk by chunk, each before a byte of it is
     * returned: damage is an IntegrityException (CORRUPT). Content of codec {@code none} in a plain object has nothing
     * by which a part could be verified: the caller has to.
     *
     * <p>Empty: this object has no random access, because its codec has none, or another program has cut its frames.
     * Then it has to be read from the front, by {@link Unsealer#open}.
     */
    public Optional<RangeSource> content() {
        return content;
    }

    /** What the writer has put behind the content; verified. */
    public Optional<byte[]> facts() {
        return facts;
    }

    private static RangedObject ofZstd(ObjectMeta meta, RangeSource compressed) throws IOException {
        String object = meta.name();
        byte[] footer = end(compressed, FrameIndex.FOOTER, object);
        byte[] table = end(compressed, parsed(object, () -> FrameIndex.tableLength(footer)), object);
        long length = compressed.length();
        FrameIndex index = parsed(object, () -> FrameIndex.read(table, length, MetadataFrame.LENGTH));
        byte[] tail = compressed.read(index.begin(index.frames() - 1), tailLength(index, object), object);
        byte[] facts = parsed(object, () -> Tail.read(tail, table));
        var content = requireLength(meta, new FrameRanges(compressed, index, object));
        return new RangedObject(meta, index.isOfSmallFrames() ? Optional.of(content) : Optional.empty(), facts);
    }

    private static int tailLength(FrameIndex index, String object) throws IOException {
        long length = index.length(index.frames() - 1);
        if (length > Tail.LONGEST) {
            throw corrupt(object, "Its tail has " + length + " bytes.");
        }
        return (int) length;
    }

    private static byte[] factsOfLz4(String object, RangeSource compressed) throws IOException {
        byte[] end = end(compressed, Tail.SHORTEST, object);
        byte[] tail = end(compressed, parsed(object, () -> Tail.lengthFrom(end)), object);
        return parsed(object, () -> Tail.read(tail, NOTHING));
    }

    private static byte[] end(RangeSource compressed, int length, String object) throws IOException {
        long begin = compressed.length() - length;
        if (begin < MetadataFrame.LENGTH) {
            throw corrupt(object, "It is too short for what it says of itself.");
        }
        return compressed.read(begin, length, object);
    }

    private static RangeSource requireLength(ObjectMeta meta, RangeSource content) throws IOException {
        if (meta.digest().isPresent() && meta.digest().get().length() != content.length()) {
            throw corrupt(
                    meta.name(),
                    "Its content should have " + meta.digest().get().length() + " bytes, and has " + content.length()
                            + ".");
        }
        return content;
    }

    private interface Parse<T> {
        T parse() throws IOException;
    }

    private static <T> T parsed(String object, Parse<T> parse) throws IOException {
        try {
            return parse.parse();
        } catch (IOException e) {
            throw corrupt(object, "It cannot be read in parts: " + e.getMessage() + ".", e);
        }
    }
}
