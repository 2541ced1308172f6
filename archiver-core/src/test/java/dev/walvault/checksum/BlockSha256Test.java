package dev.walvault.checksum;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Cutting and ending, with a compression function in Java; whole-server tests compare the processor's with sha256sum.
 */
class BlockSha256Test {
    private static final int[] CONSTANTS = constants();

    private final MessageDigest digest = new BlockSha256(BlockSha256Test::compress);

    /** FIPS 180-4, 4.2.2: of the cube roots of the first primes. */
    private static int[] constants() {
        var constants = new int[64];
        var prime = BigInteger.TWO;
        for (int i = 0; i < constants.length; i++, prime = prime.nextProbablePrime()) {
            // the cube root of the prime, times 2 to the 32nd
            constants[i] = cubeRoot(prime.shiftLeft(96)).intValue();
        }
        return constants;
    }

    private static BigInteger cubeRoot(BigInteger of) {
        var root = BigInteger.ZERO;
        for (int bit = of.bitLength() / 3; bit >= 0; bit--) {
            BigInteger more = root.setBit(bit);
            if (more.pow(3).compareTo(of) <= 0) {
                root = more;
            }
        }
        return root;
    }

    /** FIPS 180-4, 6.2.2. */
    private static void compress(int[] state, byte[] bytes, int from, int blocks) {
        var content = ByteBuffer.wrap(bytes, from, blocks * BlockSha256.BLOCK);
        for (int block = 0; block < blocks; block++) {
            var words = new int[64];
            var all = state.clone();
            for (int i = 0; i < 64; i++) {
                words[i] = i < 16
                        ? content.getInt()
                        : words[i - 16]
                                + (turned(words[i - 15], 7, 18) ^ (words[i - 15] >>> 3))
                                + words[i - 7]
                                + (turned(words[i - 2], 17, 19) ^ (words[i - 2] >>> 10));
                int choice = (all[4] & all[5]) ^ (~all[4] & all[6]);
                int majority = (all[0] & all[1]) ^ (all[0] & all[2]) ^ (all[1] & all[2]);
                int first = all[7]
                        + (turned(all[4], 6, 11) ^ Integer.rotateRight(all[4], 25))
                        + choice
                        + CONSTANTS[i]
                        + words[i];
                int second = (turned(all[0], 2, 13) ^ Integer.rotateRight(all[0], 22)) + majority;
                System.arraycopy(all, 0, all, 1, 7);
                all[4] += first;
                all[0] = first + second;
            }
            for (int i = 0; i < 8; i++) {
                state[i] += all[i];
            }
        }
    }

    private static int turned(int word, int by, int byMore) {
        return Integer.rotateRight(word, by) ^ Integer.rotateRight(word, byMore);
    }

    /** The examples that NIST gives for FIPS 180-4. */
    @Test
    void theExamplesOfTheStandardAreMet() {
        assertThat(HexFormat.of().formatHex(digest.digest("abc".getBytes(US_ASCII))))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(HexFormat.of()
                        .formatHex(digest.digest(
                                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".getBytes(US_ASCII))))
                .isEqualTo("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    }

    @Test
    void contentOfEachLengthInPiecesIsWhatJavaComputes() throws Exception {
        var random = new SplittableRandom(7);
        for (int length = 0; length <= 300; length++) {
            byte[] content = new byte[length];
            random.nextBytes(content);
            for (int from = 0; from < length; ) {
                int piece = random.nextInt(Math.min(200, length - from) + 1);
                digest.update(content, from, piece);
                from += piece;
                if (from < length) {
                    digest.update(content[from++]);
                }
            }

            assertThat(digest.digest())
                    .as("%d bytes", length)
                    .isEqualTo(MessageDigest.getInstance("SHA-256").digest(content));
        }
    }

    @Test
    void oneThatIsGivenUpBeginsAnew() throws Exception {
        digest.update(new byte[100]);
        digest.reset();

        assertThat(digest.digest())
                .isEqualTo(MessageDigest.getInstance("SHA-256").digest());
    }

    @Test
    void aJvmHasItsOwn() {
        assertThat(Sha256.create()).isNotInstanceOf(BlockSha256.class);
        assertThat(Sha256.create().getAlgorithm()).isEqualTo("SHA-256");
    }
}
