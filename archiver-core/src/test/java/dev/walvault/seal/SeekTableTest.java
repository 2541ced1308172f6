package dev.walvault.seal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.Seeds;
import dev.walvault.seal.age.AgeKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands behind the content: facts, and where each frame begins. */
class SeekTableTest {
    private static final int MIB = 1 << 20;
    private static final byte[] FACTS = "{\"first\":\"0/3000028\"}".getBytes(UTF_8);

    @Test
    void anotherReaderOfThePublishedFormatReadsAnyRange() throws Exception {
        Seeds.forEach(20, random -> {
            byte[] content = Sealed.content(random.nextInt(4 * MIB));
            byte[] stored = random.nextBoolean()
                    ? Sealed.seal(1 + random.nextInt(2), content, "zstd")
                    : streamedInPieces(content, random.nextInt(1, 300_000));
            var reader = new SeekableReader(stored);

            assertThat(reader.frames().getFirst()).isEqualTo(new SeekableReader.Frame(0, MetadataFrame.LENGTH, 0, 0));
            int from = random.nextInt(content.length + 1);
            int length = random.nextInt(content.length - from + 1);
            assertThat(reader.content(from, length)).isEqualTo(Arrays.copyOfRange(content, from, from + length));
            assertThat(reader.content(0, content.length)).isEqualTo(content);
        });
    }

    private static byte[] streamedInPieces(byte[] content, int piece) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var sealing = Sealed.sealing(Optional.empty(), "zstd", out)) {
            for (int from = 0; from < content.length; from += piece) {
                sealing.startFrame();
                sealing.write(content, from, Math.min(piece, content.length - from));
            }
            sealing.finish(FACTS);
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @CsvSource({"zstd,1", "zstd,2", "lz4,1"})
    void factsComeBack(String codec, int threads) throws Exception {
        byte[] content = Sealed.content(3 * MIB);
        AgeKey key = AgeKey.generate();
        for (AgeKey[] keys : List.of(new AgeKey[0], new AgeKey[] {key})) {
            var in = new ByteArrayInputStream(content);
            byte[] sealed = Sealed.bytes(new Sealer(Sealed.compression(codec), Sealed.recipients(keys))
                    .seal(Sealed.NAME, Sealed.STAMP, in, content.length, threads, () -> factsAtTheEndOf(in))
                    .content());
            var out = new ByteArrayOutputStream();
            try (var sealing = Sealed.sealing(Optional.empty(), codec, out, keys)) {
                sealing.write(content);
                sealing.finish(FACTS);
            }

            for (byte[] stored : List.of(sealed, out.toByteArray())) {
                try (var unsealed = Sealed.open(stored, keys)) {
                    assertThatThrownBy(unsealed::facts).isInstanceOf(IllegalStateException.class);
                    assertThat(unsealed.content().readAllBytes()).isEqualTo(content);
                    assertThat(unsealed.facts()).contains(FACTS);
                }
                if (keys.length == 0) {
                    assertThat(Tool.run(stored, codec, "-dc")).isEqualTo(content);
                }
            }
        }
    }

    private static byte[] factsAtTheEndOf(ByteArrayInputStream content) {
        assertThat(content.available()).isZero();
        return FACTS;
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "xz", "none"})
    void whereProgramsWouldNotPassOverFactsThereAreNone(String codec) throws Exception {
        byte[] content = Sealed.content(1000);
        byte[] stored = Sealed.bytes(new Sealer(Sealed.compression(codec), Recipients.none())
                .seal(Sealed.NAME, Sealed.STAMP, new ByteArrayInputStream(content), content.length, 1, () -> {
                    throw new AssertionError("asked for facts");
                })
                .content());

        try (var unsealed = Sealed.open(stored)) {
            assertThat(unsealed.content().readAllBytes()).isEqualTo(content);
            assertThat(unsealed.facts()).isEmpty();
        }
    }

    @Test
    void anObjectWithoutFactsHasNone() throws Exception {
        for (Codec codec : Codec.written()) {
            try (var unsealed = Sealed.open(Sealed.seal(Sealed.content(1000), codec.word()))) {
                unsealed.content().readAllBytes();
                assertThat(unsealed.facts()).as(codec.word()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd", "lz4"})
    void everyChangedByteOfTheEndIsDetected(String codec) throws Exception {
        byte[] content = Sealed.content(2 * MIB);
        var out = new ByteArrayOutputStream();
        try (var sealing = Sealed.sealing(Optional.empty(), codec, out)) {
            sealing.write(content);
            sealing.finish(FACTS);
        }
        byte[] stored = out.toByteArray();
        int end = codec.equals("zstd") ? endOfContent(stored) : stored.length - 16 - FACTS.length;

        for (int i = end; i < stored.length; i++) {
            byte[] changed = stored.clone();
            changed[i] ^= (byte) (1 << i % 8);
            Faults.of(() -> Sealed.unseal(changed)).is(ErrorCode.CORRUPT);
            byte[] cut = Arrays.copyOf(stored, i);
            Faults.of(() -> Sealed.unseal(cut)).is(ErrorCode.CORRUPT);
        }
    }

    private static int endOfContent(byte[] stored) {
        return new SeekableReader(stored).frames().getLast().offset();
    }

    /** With a right checksum: as a writer with an error would. */
    @Test
    void aTableThatTellsOfOtherFramesThanThereAreIsDetected() throws Exception {
        byte[] stored = Sealed.stream(Sealed.content(3 * MIB), "zstd");
        int tail = endOfContent(stored);
        int table = tail + 16;
        int entries = (stored.length - table - 17) / 8;
        assertThat(entries).isEqualTo(5);
        var lies = new ArrayList<byte[]>();
        for (int i = 0; i < 2 * entries; i++) {
            byte[] lie = stored.clone();
            lie[table + 8 + 4 * i]++;
            lies.add(lie);
        }
        byte[] shifted = stored.clone();
        shifted[table + 8 + 12]++;
        shifted[table + 8 + 20]--;
        lies.add(shifted);

        for (byte[] lie : lies) {
            var checksum = new CRC32C();
            checksum.update(lie, table, lie.length - table);
            ByteBuffer.wrap(lie).order(ByteOrder.LITTLE_ENDIAN).putInt(tail + 8, (int) checksum.getValue());
            Faults.of(() -> Sealed.unseal(lie)).is(ErrorCode.CORRUPT).says("other frames than there are");
        }
    }

    @Test
    void whatFollowsTheTableIsRefusedEvenIfAProgramWouldSkipIt() throws Exception {
        byte[] stored = Sealed.stream(Sealed.content(100), "zstd");
        byte[] skippable = {0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0};

        for (byte[] more : List.of(skippable, Zstd.compress(Sealed.content(10)))) {
            byte[] longer = Arrays.copyOf(stored, stored.length + more.length);
            System.arraycopy(more, 0, longer, stored.length, more.length);
            Faults.of(() -> Sealed.unseal(longer)).is(ErrorCode.CORRUPT).says("bytes follow the seek table");
        }
    }

    @Test
    void otherSkippableFramesAreSkipped() throws Exception {
        byte[] content = Sealed.content(100);
        var encoded = new ByteArrayOutputStream();
        encoded.write(Zstd.compress(Arrays.copyOf(content, 50)));
        encoded.write(new byte[] {0x53, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3});
        encoded.write(Zstd.compress(Arrays.copyOfRange(content, 50, 100)));
        byte[] ended = Sealed.ended(encoded.toByteArray(), "zstd");
        byte[] stored = Arrays.copyOf(MetadataFrame.write(Sealed.meta(content, "zstd")), 512 + ended.length);
        System.arraycopy(ended, 0, stored, 512, ended.length);

        assertThat(Sealed.unseal(stored)).isEqualTo(content);
    }

    @Test
    void tooManyFactsAreNotWritten() throws Exception {
        try (var sealing = Sealed.sealing(Optional.empty(), "zstd", new ByteArrayOutputStream())) {
            assertThatThrownBy(() -> sealing.finish(new byte[MIB + 1])).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
