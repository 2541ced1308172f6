package dev.walvault.seal.codec;

import java.io.IOException;

/** Content in, the codec's form out. Closing releases native memory; it does not finish. */
public interface Encoder extends AutoCloseable {
    /** Of content: the longest frame or block. */
    int FRAME = 1 << 20;

    void write(byte[] bytes, int offset, int count) throws IOException;

    /** What follows can be read on its own, where the codec has frames that stand each for itself; else nothing. */
    default void startFrame() throws IOException {}

    /**
     * Writes what is held back and the end.
     *
     * @param facts about the content, to be put behind it; none where the codec has no place for them
     */
    void finish(byte[] facts) throws IOException;

    @Override
    void close();
}
