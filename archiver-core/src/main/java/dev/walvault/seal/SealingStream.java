package dev.walvault.seal;

import static dev.walvault.ErrorCode.CORRUPT;

import dev.walvault.Fault;
import dev.walvault.seal.codec.Encoder;
import java.io.IOException;
import java.io.OutputStream;
import java.util.OptionalLong;

/**
 * Seals what is written to it. Only {@link #finish()} makes the object complete: a reader refuses one that was merely
 * closed, when it is encrypted or its digest is known. Memory is bounded by one frame of 1 MiB and its compressed form.
 */
public final class SealingStream extends OutputStream {
    static final byte[] NO_FACTS = {};

    private final ObjectMeta meta;
    private final Encoder encoder;
    private final LastChunk lastChunk;
    private final Digester digester = new Digester();
    private State state = State.OPEN;

    private enum State {
        OPEN,
        FINISHED,
        CLOSED
    }

    /** What ends the layer below the codec. */
    @FunctionalInterface
    interface LastChunk {
        void write() throws IOException;
    }

    SealingStream(ObjectMeta meta, Compression compression, OutputStream inner, LastChunk lastChunk)
            throws IOException {
        this.meta = meta;
        this.lastChunk = lastChunk;
        OptionalLong length =
                meta.digest().stream().mapToLong(ContentDigest::length).findFirst();
        this.encoder = compression.encoder(length, inner);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        requireOpen();
        digester.update(bytes, offset, count);
        encoder.write(bytes, offset, count);
    }

    /** Ends the current zstd frame, so that what follows can be read on its own; nothing for other codecs. */
    public void startFrame() throws IOException {
        requireOpen();
        encoder.startFrame();
    }

    /**
     * Writes what is held back and the end of the object; does not flush the stream below. Again: nothing.
     *
     * @throws dev.walvault.IntegrityException when the metadata had a digest and this is not it: the content has
     *     changed since it was computed
     */
    public void finish() throws IOException {
        finish(NO_FACTS);
    }

    /**
     * The same with facts about the content behind it, unless {@link Codec#hasTail()} is false: then they are left out.
     */
    public void finish(byte[] facts) throws IOException {
        if (state == State.FINISHED) {
            return;
        }
        requireOpen();
        if (meta.digest().isPresent() && !meta.digest().get().equals(digester.result())) {
            throw Fault.of(CORRUPT, "the content of object \"" + meta.name() + "\" has changed while it was written")
                    .detail("Expected " + meta.digest().get() + ", found " + digester.result() + ".")
                    .integrity();
        }
        encoder.finish(meta.codec().hasTail() ? facts : NO_FACTS);
        lastChunk.write();
        state = State.FINISHED;
    }

    /** Of the content written so far. */
    public ContentDigest digest() {
        return digester.result();
    }

    /** Releases native memory. Does not finish, and does not close the stream below. */
    @Override
    public void close() {
        if (state == State.OPEN) {
            state = State.CLOSED;
        }
        encoder.close();
    }

    private void requireOpen() {
        if (state != State.OPEN) {
            throw new IllegalStateException(
                    "object \"" + meta.name() + "\" is " + (state == State.CLOSED ? "closed" : "finished"));
        }
    }
}
