package dev.walvault.seal.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.OptionalLong;

/** One way to encode content: what docs/FORMAT.md says of it, in one class each. */
public interface Encoding {
    /**
     * How hard it may try.
     *
     * @param usual where none is configured
     */
    record Levels(int lowest, int highest, int usual) {}

    /** Whether there is an encoder; where there is none, the levels mean nothing. */
    default boolean isWritten() {
        return true;
    }

    Levels levels();

    /** Whether facts can stand behind the content, where the codec's own program passes over them. */
    boolean hasTail();

    /** What encoded content always begins with; empty where there is nothing of the kind. */
    byte[] magic();

    /** {@code length}: of the content, where known; then exactly that many bytes must be written. */
    Encoder encoder(int level, OptionalLong length, OutputStream out) throws IOException;

    /**
     * Decodes in bounded memory whatever {@code in} holds, and throws an IOException or a RuntimeException when it is
     * not what an encoder has written. At its end {@code in} stands behind the encoded content, or has bytes left.
     */
    Decoder decoder(InputStream in) throws IOException;
}
