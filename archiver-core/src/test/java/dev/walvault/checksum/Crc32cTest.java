package dev.walvault.checksum;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class Crc32cTest {
    @Test
    void theCrcsOfTwoPiecesMakeThatOfBoth() {
        var random = new SplittableRandom(5);
        byte[] bytes = new byte[20_000];
        random.nextBytes(bytes);
        for (int i = 0; i < 500; i++) {
            int from = random.nextInt(bytes.length);
            int to = from + random.nextInt(bytes.length - from + 1);
            int cut = from + random.nextInt(to - from + 1);

            assertThat(Crc32c.concatenated(
                            (int) javas(bytes, from, cut - from), (int) javas(bytes, cut, to - cut), to - cut))
                    .isEqualTo((int) javas(bytes, from, to - from));
        }
    }

    @Test
    void aJvmHasItsOwn() {
        assertThat(Crc32c.create()).isInstanceOf(CRC32C.class);
        assertThat(Crc32c.of("123456789".getBytes(US_ASCII))).isEqualTo(0xE306_9283);
    }

    private static long javas(byte[] bytes, int offset, int count) {
        var crc = new CRC32C();
        crc.update(bytes, offset, count);
        return crc.getValue();
    }
}
