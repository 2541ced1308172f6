package dev.walvault.seal.codec;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The skippable frame behind the content of codecs that know such frames (docs/FORMAT.md, "The tail"): facts about the
 * content, and a checksum of them and of everything that follows, because nothing else guards these in a plain object.
 */
public final class Tail {
    static final int MAGIC = 0x184D2A58;

    /** Magic and length, before the facts. */
    static final int HEAD = 8;

    /** Checksum and the length of the facts, behind them: what ends with a tail can be read from its end. */
    static final int END = 8;

    /** What is longer is no set of facts but an attack on memory. */
    public static final int MOST_FACTS = 1 << 20;

    /** One without facts. */
    public static final int SHORTEST = HEAD + END;

    public static final int LONGEST = SHORTEST + MOST_FACTS;

    private Tail() {}

    /** The length of a tail with these facts. */
    static int length(byte[] facts) {
        if (facts.length > MOST_FACTS) {
            throw new IllegalArgumentException(
                    "facts of " + facts.length + " bytes; there may be " + MOST_FACTS + " at most");
        }
        return HEAD + facts.length + END;
    }

    /** Writes a tail, and what must follow it; {@code facts} may be empty. */
    public static void write(byte[] facts, byte[] following, OutputStream out) throws IOException {
        var tail = ByteBuffer.allocate(length(facts)).order(ByteOrder.LITTLE_ENDIAN);
        tail.putInt(MAGIC).putInt(facts.length + END).put(facts);
        tail.putInt(checksum(facts, following)).putInt(facts.length);
        out.write(tail.array());
        out.write(following);
    }

    /**
     * The facts of a tail.
     *
     * @throws IOException when it is none, or its checksum is not that of facts and {@code following}
     */
    public static byte[] read(byte[] tail, byte[] following) throws IOException {
        if (tail.length < SHORTEST) {
            throw new IOException("it ends without a tail");
        }
        var bytes = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN);
        byte[] facts = Arrays.copyOfRange(tail, HEAD, tail.length - END);
        int end = tail.length - END;
        boolean whole = bytes.getInt() == MAGIC
                && bytes.getInt() == facts.length + END
                && bytes.getInt(end + Integer.BYTES) == facts.length;
        if (!whole) {
            throw new IOException("it ends without a tail");
        }
        if (bytes.getInt(end) != checksum(facts, following)) {
            throw new IOException("the tail's checksum is not that of what follows it");
        }
        return facts;
    }

    /**
     * The length of the tail that ends with these bytes.
     *
     * @throws IOException when none does
     */
    public static int lengthFrom(byte[] end) throws IOException {
        int facts = end.length < SHORTEST
                ? -1
                : ByteBuffer.wrap(end).order(ByteOrder.LITTLE_ENDIAN).getInt(end.length - Integer.BYTES);
        if (facts < 0 || facts > MOST_FACTS) {
            throw new IOException("it ends without a tail");
        }
        return HEAD + facts + END;
    }

    private static int checksum(byte[] facts, byte[] following) {
        var checksum = new CRC32C();
        checksum.update(facts);
        checksum.update(following);
        return (int) checksum.getValue();
    }
}
