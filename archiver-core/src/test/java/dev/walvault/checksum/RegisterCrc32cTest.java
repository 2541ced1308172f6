package dev.walvault.checksum;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegisterCrc32cTest {
    @Test
    void theCheckValueOfTheCatalogueIsMet() {
        assertThat(crc("123456789".getBytes(US_ASCII))).isEqualTo(0xE306_9283L);
    }

    /** Of RFC 3720, B.4. */
    @Test
    void thirtyTwoZerosAndThirtyTwoOnesAreMet() {
        byte[] ones = new byte[32];
        Arrays.fill(ones, (byte) 0xFF);

        assertThat(crc(new byte[32])).isEqualTo(0x8A91_36AAL);
        assertThat(crc(ones)).isEqualTo(0x62A8_AB43L);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 3071, 3072, 3073, 3079, 3080, 6143, 6144, 6151, 9216, 100_003, 1 << 20})
    void itIsWhatJavaComputes(int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(length).nextBytes(bytes);

        assertThat(crc(bytes)).isEqualTo(javas(bytes, 0, length));
    }

    @Test
    void piecesAtAnyPlaceAddUp() {
        var random = new SplittableRandom(3);
        byte[] bytes = new byte[50_000];
        random.nextBytes(bytes);
        for (int i = 0; i < 500; i++) {
            int from = random.nextInt(bytes.length);
            int to = from + random.nextInt(bytes.length - from + 1);
            var crc = new RegisterCrc32c(RegisterCrc32cTest::bitByBit);
            for (int at = from; at < to; ) {
                int piece = 1 + random.nextInt(Math.min(10_000, to - at));
                if (piece == 1) {
                    crc.update(bytes[at]);
                } else {
                    crc.update(bytes, at, piece);
                }
                at += piece;
            }

            assertThat(crc.getValue()).isEqualTo(javas(bytes, from, to - from));
        }
    }

    @Test
    void itBeginsAnew() {
        var crc = new RegisterCrc32c(RegisterCrc32cTest::bitByBit);
        crc.update(new byte[5000]);
        crc.reset();
        crc.update("123456789".getBytes(US_ASCII));

        assertThat(crc.getValue()).isEqualTo(0xE306_9283L);
    }

    @Test
    void bytesThatAreNotThereAreRefused() {
        assertThatThrownBy(() -> new RegisterCrc32c(RegisterCrc32cTest::bitByBit).update(new byte[8], 4, 5))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static long crc(byte[] bytes) {
        var crc = new RegisterCrc32c(RegisterCrc32cTest::bitByBit);
        crc.update(bytes);
        return crc.getValue();
    }

    /** As a native image's C function does, and slowly. */
    private static int bitByBit(int register, byte[] bytes, int from, int count) {
        int updated = register;
        for (int at = from; at < from + count; at++) {
            updated ^= bytes[at] & 0xFF;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                updated = updated >>> 1 ^ (0x82F6_3B78 & -(updated & 1));
            }
        }
        return updated;
    }

    private static long javas(byte[] bytes, int offset, int count) {
        var crc = new CRC32C();
        crc.update(bytes, offset, count);
        return crc.getValue();
    }
}
