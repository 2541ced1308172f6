package dev.walvault.pipe.codec;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The skippable frame behind the content of codecs that know such frames (docs/FORMAT.md, "The tail"): facts about the content,
 * and a checksum of them and of everything that follows, because nothing else guards these in a plain object.
 */
public final class Tail {
    static final int MAGIC = 0x184D2A58;

    /** Magic, length, checksum. */
    static final int HEAD = 12;

    static final int CHECKSUM = 4;

    /** What is longer is no set of facts but an attack on memory. */
    static final int MOST_FACTS = 1 << 20;

    private Tail() {}

    /** The length of a tail with these facts. */
    static int length(byte[] facts) {
        if (facts.length > MOST_FACTS) {
            throw new IllegalArgumentException(
                    "facts of " + facts.length + " bytes; there may be " + MOST_FACTS + " at most");
        }
        return HEAD + facts.length;
    }

    /** Writes a tail, and what must follow it; {@code facts} may be empty. */
    public static void write(byte[] facts, byte[] following, OutputStream out) throws IOException {
        var checksum = new CRC32C();
        checksum.update(facts);
        checksum.update(following);
        byte[] head = new byte[HEAD];
        ByteBuffer.wrap(head)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(MAGIC)
                .putInt(length(facts) - HEAD + CHECKSUM)
                .putInt((int) checksum.getValue());
        out.write(head, 0, head.length);
        out.write(facts, 0, facts.length);
        out.write(following, 0, following.length);
    }
}
