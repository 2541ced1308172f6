package dev.walvault.checksum;

import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * SHA-256 over a compression function of others: cuts the content into blocks, and ends it as FIPS 180-4, 5.1.1, says.
 */
final class BlockSha256 extends MessageDigest {
    /** In bytes. */
    static final int BLOCK = 64;

    private static final int LENGTH = 32;

    /** The first 32 bits of the fractional parts of the square roots of the first eight primes. */
    private static final int[] FIRST_STATE = {
        0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19
    };

    private final Compression compression;
    private final byte[] rest = new byte[BLOCK];
    private int[] state = FIRST_STATE.clone();
    private long length;

    /** Takes whole blocks into the state. */
    @FunctionalInterface
    interface Compression {
        /**
         * Does so.
         *
         * @param state eight words
         * @param from where the first block begins
         * @param blocks how many there are, one behind the other; at least one
         */
        void compress(int[] state, byte[] bytes, int from, int blocks);
    }

    BlockSha256(Compression compression) {
        super("SHA-256");
        this.compression = compression;
    }

    @Override
    protected int engineGetDigestLength() {
        return LENGTH;
    }

    @Override
    protected void engineUpdate(byte one) {
        engineUpdate(new byte[] {one}, 0, 1);
    }

    @Override
    protected void engineUpdate(byte[] bytes, int offset, int count) {
        int held = held();
        length += count;
        int from = offset;
        int left = count;
        if (held > 0) {
            int more = Math.min(BLOCK - held, left);
            System.arraycopy(bytes, from, rest, held, more);
            if (held + more < BLOCK) {
                return;
            }
            compression.compress(state, rest, 0, 1);
            from += more;
            left -= more;
        }
        int blocks = left / BLOCK;
        if (blocks > 0) {
            compression.compress(state, bytes, from, blocks);
        }
        int whole = blocks * BLOCK;
        System.arraycopy(bytes, from + whole, rest, 0, left - whole);
    }

    /** How many bytes of an unfinished block there are. */
    private int held() {
        return (int) (length % BLOCK);
    }

    @Override
    protected byte[] engineDigest() {
        long bits = 8 * length;
        int held = held();
        // a bit that is set, zeros, and the length: in this block, or in one more
        var end = ByteBuffer.allocate(held < BLOCK - Long.BYTES ? BLOCK : 2 * BLOCK);
        end.put(rest, 0, held).put((byte) 0x80).putLong(end.capacity() - Long.BYTES, bits);
        compression.compress(state, end.array(), 0, end.capacity() / BLOCK);
        var digest = ByteBuffer.allocate(LENGTH);
        digest.asIntBuffer().put(state);
        engineReset();
        return digest.array();
    }

    @Override
    protected void engineReset() {
        state = FIRST_STATE.clone();
        length = 0;
    }
}
