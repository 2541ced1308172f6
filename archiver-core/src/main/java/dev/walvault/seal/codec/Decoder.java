package dev.walvault.seal.codec;

import java.io.FilterInputStream;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Supplier;

/** Content, decoded. */
public final class Decoder extends FilterInputStream {
    private final Supplier<Optional<byte[]>> facts;

    Decoder(InputStream content, Supplier<Optional<byte[]>> facts) {
        super(content);
        this.facts = facts;
    }

    /** Without facts: the codec has no place for them. */
    Decoder(InputStream content) {
        this(content, Optional::empty);
    }

    /** What the writer has put behind the content; known when the content has been read to its end. */
    public Optional<byte[]> facts() {
        return facts.get();
    }
}
