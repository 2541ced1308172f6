package dev.walvault.seal;

import static dev.walvault.seal.stored.Corruption.corrupt;

import dev.walvault.ArchiverException;
import dev.walvault.PieceInput;
import dev.walvault.seal.codec.Decoder;
import dev.walvault.seal.codec.Encoding;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.security.DigestInputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** An object that is being read. Closing releases native memory and closes the stored stream. */
public final class Unsealed implements AutoCloseable {
    private final ObjectMeta meta;
    private final SourceStream source;
    private final Counting inner;
    private final OptionalLong innerLength;
    private final AtEnd atEnd;
    private final Verified content = new Verified();
    private @Nullable Decoder decoder;
    private final Digester digester = new Digester();
    private @Nullable ContentDigest digest;

    /** What else must hold when everything was read. */
    @FunctionalInterface
    private interface AtEnd {
        void require() throws IOException;
    }

    /** {@code inner} stands behind the metadata frame. */
    Unsealed(ObjectMeta meta, SourceStream source, InputStream inner, OptionalLong innerLength) {
        this(meta, source, inner, innerLength, () -> {});
    }

    /** The same of a plain object that the judge has to believe. */
    Unsealed(ObjectMeta meta, SourceStream source, InputStream inner, FrameSignature signature, Judge judge) {
        this(
                meta,
                source,
                new DigestInputStream(inner, signature.digest()),
                OptionalLong.empty(),
                () -> judge.judge(meta, Optional.of(signature.signed())));
    }

    private Unsealed(ObjectMeta meta, SourceStream source, InputStream inner, OptionalLong innerLength, AtEnd atEnd) {
        this.meta = meta;
        this.source = source;
        this.inner = new Counting(inner);
        this.innerLength = innerLength;
        this.atEnd = atEnd;
    }

    public ObjectMeta meta() {
        return meta;
    }

    /**
     * The content. Every read verifies what it hands out against the codec's checksums and, where encrypted, age's
     * tags; reaching the end verifies length and XXH64 against the metadata, where it has them, and who has signed a
     * plain object. Whatever is wrong, down to a cut or an appended byte, is an IntegrityException (CORRUPT) of that
     * read. A failure of the store keeps its own type.
     *
     * <p>Who stops before the end has verified nothing but the parts read. A plain object without digest in its
     * metadata that was cut between two frames cannot be told from a whole one: compare {@link #digest()} with the
     * manifest's.
     */
    public InputStream content() {
        return content;
    }

    /**
     * Of the content.
     *
     * @throws IllegalStateException before its end has been read
     */
    public ContentDigest digest() {
        if (digest == null) {
            throw new IllegalStateException("object \"" + meta.name() + "\" has not been read to its end");
        }
        return digest;
    }

    /**
     * What the writer has put behind the content.
     *
     * @throws IllegalStateException before the end of the content has been read
     */
    public Optional<byte[]> facts() {
        if (digest == null || decoder == null) {
            throw new IllegalStateException("object \"" + meta.name() + "\" has not been read to its end");
        }
        return decoder.facts();
    }

    @Override
    public void close() throws IOException {
        try (source) {
            if (decoder != null) {
                decoder.close();
            }
        }
    }

    private Decoder newDecoder() throws IOException {
        Encoding encoding = meta.codec().encoding();
        byte[] magic = encoding.magic();
        var in = new PushbackInputStream(inner, Math.max(1, magic.length));
        byte[] start = in.readNBytes(magic.length);
        if (!Arrays.equals(start, magic)) {
            throw corrupt(
                    meta.name(),
                    "Its codec is " + meta.codec().word() + ", and its content begins with \""
                            + HexFormat.of().formatHex(start) + "\".");
        }
        in.unread(start);
        return encoding.decoder(in);
    }

    private void finish() throws IOException {
        ContentDigest actual = digester.result();
        if (meta.digest().isPresent() && !meta.digest().get().equals(actual)) {
            throw corrupt(meta.name(), "Its content should be " + meta.digest().get() + ", and is " + actual + ".");
        }
        // some decoders stop at the end of the last frame
        if (inner.read() >= 0) {
            throw corrupt(meta.name(), "Bytes follow the end of its content, at " + position() + ".");
        }
        long innerRead = MetadataFrame.LENGTH + inner.count;
        if (innerLength.isPresent() && innerLength.getAsLong() != innerRead) {
            throw corrupt(
                    meta.name(),
                    "Its compressed form should have " + innerLength.getAsLong() + " bytes, and has " + innerRead
                            + ".");
        }
        atEnd.require();
        digest = actual;
    }

    private String position() {
        return "content offset " + digester.result().length() + ", compressed offset "
                + (MetadataFrame.LENGTH + inner.count);
    }

    private static final class Counting extends InputStream {
        private final InputStream in;
        private long count;

        Counting(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            count += b < 0 ? 0 : 1;
            return b;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int part = in.read(bytes, offset, length);
            count += Math.max(part, 0);
            return part;
        }

        @Override
        public int available() throws IOException {
            return in.available();
        }
    }

    private final class Verified extends PieceInput {
        private @Nullable ArchiverException refusal;
        private long length;

        @Override
        public int read(byte[] bytes, int offset, int count) throws IOException {
            Objects.checkFromIndexSize(offset, count, bytes.length);
            if (refusal != null) {
                throw refusal;
            }
            if (count == 0) {
                return 0;
            }
            if (digest != null) {
                return -1;
            }
            try {
                int part = decode(bytes, offset, count);
                if (part < 0) {
                    finish();
                    return -1;
                }
                length += part;
                if (meta.digest().isPresent() && length > meta.digest().get().length()) {
                    throw corrupt(
                            meta.name(),
                            "Its content should have " + meta.digest().get().length() + " bytes, and has more.");
                }
                digester.update(bytes, offset, part);
                return part;
            } catch (ArchiverException e) {
                // the decoder below is in no state to go on, and nobody shall take its next answer for an end
                refusal = e;
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            Unsealed.this.close();
        }

        private int decode(byte[] bytes, int offset, int count) throws IOException {
            try {
                if (decoder == null) {
                    // some read when they are made
                    decoder = newDecoder();
                }
                return decoder.read(bytes, offset, count);
            } catch (ArchiverException e) {
                throw e;
            } catch (IOException e) {
                if (source.failure() != null) {
                    throw e;
                }
                throw undecodable(e);
            } catch (RuntimeException e) {
                // lz4-java answers some malformed input with an unchecked exception
                throw undecodable(e);
            }
        }

        private ArchiverException undecodable(Exception e) {
            return corrupt(meta.name(), "It cannot be decompressed at " + position() + ": " + e.getMessage() + ".", e);
        }
    }
}
