package dev.walvault.seal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalInt;
import java.util.Random;
import net.jpountz.xxhash.XXHashFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentDigestTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 7, 8, 31, 32, 33, 63, 100, 1_000_003})
    void itIsWhatXxhsumSays(int length) throws Exception {
        byte[] content = Sealed.content(length);

        String said = new String(Tool.run(content, "xxhsum", "-H1"), US_ASCII);

        assertThat(said).startsWith(ContentDigest.of(content).hex() + " ");
    }

    @Test
    void piecesMakeNoDifference() {
        var random = new Random(1);
        byte[] content = Sealed.content(5000);
        for (int round = 0; round < 200; round++) {
            int length = random.nextInt(content.length);
            var digester = new Digester();
            for (int from = 0; from < length; ) {
                int count = Math.min(1 + random.nextInt(100), length - from);
                digester.update(content, from, count);
                from += count;
            }
            long expected = XXHashFactory.safeInstance().hash64().hash(content, 0, length, 0);
            assertThat(digester.result()).isEqualTo(new ContentDigest(length, expected));
        }
    }

    @Test
    void textThatIsNoDigestIsRefused() {
        assertThat(ContentDigest.of(5, "00000000000000ff")).isEqualTo(new ContentDigest(5, 255));
        for (String text : new String[] {"", "ff", "00000000000000FF", "00000000000000fg", "00000000000000ff0"}) {
            assertThatThrownBy(() -> ContentDigest.of(5, text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void anUnknownCodecOrLevelIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> Compression.parse("bzip2", OptionalInt.empty()))
                .hasMessage("unknown codec \"bzip2\": it is one of zstd, lz4, gzip, xz, none");
        assertThatThrownBy(() -> Compression.parse("zstd", OptionalInt.of(20)))
                .hasMessage("level 20 is outside 1 to 19 of codec \"zstd\"");
        assertThatThrownBy(() -> Compression.parse("none", OptionalInt.of(1)))
                .hasMessage("codec \"none\" has no level, but 1 was given");
        assertThat(Compression.parse("lz4", OptionalInt.of(12))).hasToString("lz4 level 12");
    }
}
