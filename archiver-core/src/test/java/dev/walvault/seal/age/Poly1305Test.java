package dev.walvault.seal.age;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Poly1305Test {
    private static final HexFormat HEX = HexFormat.of();
    private static final BigInteger MODULUS = BigInteger.TWO.pow(130).subtract(BigInteger.valueOf(5));
    private static final BigInteger CLAMP = new BigInteger("0ffffffc0ffffffc0ffffffc0fffffff", 16);
    private static final BigInteger HIGHEST = BigInteger.TWO.pow(128);

    /** Those of RFC 8439, appendix A.3, that are of whole blocks and aim at the carries: numbers 5 to 11. */
    @ParameterizedTest
    @CsvSource({
        "02000000000000000000000000000000, 00000000000000000000000000000000, ffffffffffffffffffffffffffffffff,"
                + " 03000000000000000000000000000000",
        "02000000000000000000000000000000, ffffffffffffffffffffffffffffffff, 02000000000000000000000000000000,"
                + " 03000000000000000000000000000000",
        "01000000000000000000000000000000, 00000000000000000000000000000000, fffffffffffffffffffffffffffffffff"
                + "0ffffffffffffffffffffffffffffff11000000000000000000000000000000, 05000000000000000000000000000000",
        "01000000000000000000000000000000, 00000000000000000000000000000000, fffffffffffffffffffffffffffffffff"
                + "bfefefefefefefefefefefefefefefe01010101010101010101010101010101, 00000000000000000000000000000000",
        "02000000000000000000000000000000, 00000000000000000000000000000000, fdffffffffffffffffffffffffffffff,"
                + " faffffffffffffffffffffffffffffff",
        "01000000000000000400000000000000, 00000000000000000000000000000000, e33594d7505e43b900000000000000003"
                + "394d7505e4379cd01000000000000000000000000000000000000000000000001000000000000000000000000000000,"
                + " 14000000000000005500000000000000",
        "01000000000000000400000000000000, 00000000000000000000000000000000, e33594d7505e43b900000000000000003"
                + "394d7505e4379cd010000000000000000000000000000000000000000000000, 13000000000000000000000000000000"
    })
    void itMakesTheTagsOfTheStandard(String r, String s, String message, String tag) {
        assertThat(HEX.formatHex(tag(HEX.parseHex(r + s), HEX.parseHex(message))))
                .isEqualTo(tag);
    }

    @Test
    void itMakesWhatTheDefinitionSaysOfAnyBytes() {
        var random = new Random(8439);
        for (int i = 0; i < 20_000; i++) {
            byte[] key = bytes(random, Poly1305.KEY);
            byte[] message = bytes(random, Poly1305.BLOCK * random.nextInt(9));
            assertThat(tag(key, message))
                    .as(() -> HEX.formatHex(key) + " " + HEX.formatHex(message))
                    .isEqualTo(byDefinition(key, message));
        }
    }

    @Test
    void aMessageMayComeInParts() {
        var random = new Random(1305);
        byte[] key = bytes(random, Poly1305.KEY);
        byte[] message = bytes(random, 160);

        var parts = new Poly1305(key);
        parts.update(message, 0, 48);
        parts.update(message, 48, 0);
        parts.update(message, 48, 112);

        assertThat(parts.tag()).isEqualTo(byDefinition(key, message));
    }

    @Test
    void piecesOfBlocksAreRefused() {
        assertThatThrownBy(() -> new Poly1305(new byte[Poly1305.KEY]).update(new byte[32], 0, 17))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static byte[] tag(byte[] key, byte[] message) {
        var authenticator = new Poly1305(key);
        authenticator.update(message, 0, message.length);
        return authenticator.tag();
    }

    /** Many of them are all ones or all zeros, where carries run far. */
    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        for (int i = 0; i < length; i++) {
            switch (random.nextInt(4)) {
                case 0 -> bytes[i] = (byte) 0xFF;
                case 1 -> bytes[i] = 0;
                default -> {
                    // as it is
                }
            }
        }
        return bytes;
    }

    private static byte[] byDefinition(byte[] key, byte[] message) {
        BigInteger r = number(key, 0).and(CLAMP);
        BigInteger sum = BigInteger.ZERO;
        for (int i = 0; i < message.length; i += Poly1305.BLOCK) {
            sum = sum.add(number(message, i)).add(HIGHEST).multiply(r).mod(MODULUS);
        }
        byte[] tag = sum.add(number(key, 16)).mod(HIGHEST).add(HIGHEST).toByteArray();
        return reversed(Arrays.copyOfRange(tag, 1, 17));
    }

    private static BigInteger number(byte[] bytes, int offset) {
        return new BigInteger(1, reversed(Arrays.copyOfRange(bytes, offset, offset + 16)));
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[bytes.length - 1 - i] = bytes[i];
        }
        return reversed;
    }
}
