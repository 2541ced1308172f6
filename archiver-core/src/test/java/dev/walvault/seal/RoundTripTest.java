package dev.walvault.seal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.seal.age.AgePayload;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoundTripTest {
    private static final int MIB = 1 << 20;
    private static final AgeKey[] KEYS = {AgeKey.generate(), AgeKey.generate(), AgeKey.generate()};

    record Shape(String codec, int length, int recipients) {}

    static Stream<Shape> shapes() {
        return Stream.of("zstd", "lz4", "gzip", "xz", "none")
                .flatMap(codec -> Stream.of(0, 1, 65_536 - 512, 65_536, MIB - 1, MIB, MIB + 1, 5 * MIB)
                        .filter(length -> length <= MIB || !codec.equals("xz"))
                        .flatMap(length -> Stream.of(0, 1, 3).map(keys -> new Shape(codec, length, keys))));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void whatWasSealedInMemoryComesBack(Shape shape) throws Exception {
        byte[] content = Sealed.content(shape.length());
        AgeKey[] keys = Arrays.copyOf(KEYS, shape.recipients());

        byte[] stored = Sealed.seal(content, shape.codec(), keys);

        assertThat(Sealed.unseal(stored, anyOf(keys))).isEqualTo(content);
        var header = Unsealer.peek(new ByteArrayInputStream(stored));
        assertThat(header.meta()).isEqualTo(Sealed.meta(content, shape.codec()));
        assertThat(header.encrypted()).isEqualTo(keys.length > 0);
        assertThat(header.recipients()).isEqualTo(Sealed.recipients(keys).texts());
        if (keys.length > 0) {
            assertThat(header.storedLength()).hasValue(stored.length);
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void twoThreadsSealTheSameContent(Shape shape) throws Exception {
        byte[] content = Sealed.content(shape.length());
        AgeKey[] keys = Arrays.copyOf(KEYS, shape.recipients());

        byte[] stored = Sealed.seal(2, content, shape.codec(), keys);

        assertThat(Sealed.unseal(stored, anyOf(keys))).isEqualTo(content);
        if (keys.length == 0) {
            assertThat(stored).isEqualTo(Sealed.seal(1, content, shape.codec()));
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void whatWasStreamedComesBack(Shape shape) throws Exception {
        byte[] content = Sealed.content(shape.length());
        AgeKey[] keys = Arrays.copyOf(KEYS, shape.recipients());

        byte[] stored = Sealed.stream(content, shape.codec(), keys);

        assertThat(Sealed.unseal(stored, anyOf(keys))).isEqualTo(content);
        assertThat(Unsealer.peek(new ByteArrayInputStream(stored)).storedLength())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd", "lz4", "gzip", "xz", "none"})
    void piecesAndFrameStartsDoNotChangeTheContent(String codec) throws Exception {
        byte[] content = Sealed.content(3 * MIB + 17);
        var out = new ByteArrayOutputStream();

        try (var sealing = Sealed.sealing(Optional.of(ContentDigest.of(content)), codec, out, KEYS[0])) {
            int[] steps = {1, 7, 511, 70_000, MIB + 1};
            for (int from = 0, step = 0; from < content.length; step++) {
                int count = Math.min(steps[step % steps.length], content.length - from);
                sealing.write(content, from, count);
                from += count;
                sealing.startFrame();
            }
            sealing.finish();
            sealing.finish();
            assertThat(sealing.digest()).isEqualTo(ContentDigest.of(content));
        }

        assertThat(Sealed.unseal(out.toByteArray(), KEYS[0])).isEqualTo(content);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, MIB + 1})
    void theToolsOfTheDistributionOpenOurs(int length, @TempDir Path directory) throws Exception {
        byte[] content = Sealed.content(length);
        Path identity = directory.resolve("identity.txt");
        Files.writeString(identity, KEYS[1].identityFile(Instant.parse("2026-11-20T22:15:30Z")));
        String[] age = {"age", "-d", "-i", identity.toString()};

        for (Codec codec : Codec.written()) {
            String name = codec.word();
            assertThat(decoded(name, Sealed.seal(content, name))).as(name).isEqualTo(content);
            assertThat(decoded(name, Sealed.stream(content, name))).as(name).isEqualTo(content);
            assertThat(decoded(name, Tool.run(Sealed.seal(content, name, KEYS), age)))
                    .as(name)
                    .isEqualTo(content);
            assertThat(decoded(name, Tool.run(Sealed.stream(content, name, KEYS), age)))
                    .as(name)
                    .isEqualTo(content);
        }
    }

    /** As docs/FORMAT.md says: zstd and lz4 pass over the metadata frame, for the others it is cut off. */
    private static byte[] decoded(String codec, byte[] compressed) throws Exception {
        if (codec.equals("zstd") || codec.equals("lz4")) {
            return Tool.run(compressed, codec, "-dc");
        }
        byte[] encoded = Tool.run(compressed, "tail", "-c", "+513");
        return codec.equals("none") ? encoded : Tool.run(encoded, codec, "-dc");
    }

    @Test
    void whatTheProgramsWriteIsRead() throws Exception {
        byte[] content = Sealed.content(5 * MIB);

        for (List<String> command : List.of(
                List.of("zstd", "-c", "-19"),
                List.of("zstd", "-c", "--no-check"),
                List.of("lz4", "-c", "-BX"),
                List.of("lz4", "-c", "-9"),
                List.of("gzip", "-c", "-1"),
                List.of("xz", "-c", "-0"),
                List.of("xz", "-c", "-1", "--check=crc32"))) {
            byte[] frame = MetadataFrame.write(Sealed.meta(content, command.getFirst()));
            byte[] encoded = Tool.run(content, command.toArray(String[]::new));
            byte[] whole = Sealed.ended(encoded, command.getFirst());
            assertThat(Sealed.unseal(join(frame, whole))).as(command.toString()).isEqualTo(content);
        }
    }

    @Test
    void zstdFramesHoldAtMostOneMebibyteWithSizeAndChecksum(@TempDir Path directory) throws Exception {
        Path stored = directory.resolve("object.zst");
        Files.write(stored, Sealed.seal(Sealed.content(2 * MIB + 1), "zstd"));

        String listed = new String(Tool.run(new byte[0], "zstd", "-lv", stored.toString()), UTF_8);

        assertThat(listed).containsPattern("Zstandard Frames: 3").containsPattern("Skippable Frames: 3");
        assertThat(listed).contains("Check: XXH64").contains("2097153 B");
    }

    @Test
    void aHeaderLargerThanAChunkIsRead() throws Exception {
        var keys = Stream.generate(AgeKey::generate).limit(600).toArray(AgeKey[]::new);
        byte[] content = Sealed.content(1000);

        byte[] stored = Sealed.seal(content, "zstd", keys);

        assertThat(stored.length).isGreaterThan(AgePayload.CHUNK + 20_000);
        assertThat(Sealed.unseal(stored, keys[599])).isEqualTo(content);
        assertThat(Unsealer.peek(new ByteArrayInputStream(stored)).storedLength())
                .hasValue(stored.length);
    }

    @Test
    void contentCanBeWrittenTwice() throws Exception {
        byte[] content = Sealed.content(200_000);
        var sealed = new Sealer(Sealed.compression("none"), Sealed.recipients(KEYS[0]))
                .seal(Sealed.NAME, Sealed.STAMP, new ByteArrayInputStream(content), content.length, 1)
                .content();

        assertThat(Sealed.bytes(sealed)).isEqualTo(Sealed.bytes(sealed));
        assertThat(Sealed.unseal(Sealed.bytes(sealed), KEYS[0])).isEqualTo(content);
    }

    @ParameterizedTest
    @CsvSource({"zstd,1", "zstd,2", "lz4,1", "gzip,1", "xz,1", "none,1"})
    void contentOfAnotherLengthIsNotSealed(String codec, int threads) throws Exception {
        byte[] content = Sealed.content(2 * MIB);
        var sealer = new Sealer(Sealed.compression(codec), Sealed.recipients());

        for (int announced : List.of(0, 1, MIB, 2 * MIB - 1, 2 * MIB + 1, 3 * MIB)) {
            Faults.of(() -> sealer.seal(
                            Sealed.NAME, Sealed.STAMP, new ByteArrayInputStream(content), announced, threads))
                    .is(ErrorCode.CORRUPT);
        }
    }

    @Test
    void contentThatComesInSmallPartsIsSealedAsAWhole() throws Exception {
        byte[] content = Sealed.content(3 * MIB + 5);
        var inParts = new FilterInputStream(new ByteArrayInputStream(content)) {
            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return super.read(bytes, offset, Math.min(length, 77_777));
            }
        };

        var sealed = new Sealer(Sealed.compression("zstd"), Sealed.recipients(KEYS[0]))
                .seal(Sealed.NAME, Sealed.STAMP, inParts, content.length, 2);

        assertThat(Sealed.unseal(Sealed.bytes(sealed.content()), KEYS[0])).isEqualTo(content);
        assertThat(sealed.digest()).isEqualTo(ContentDigest.of(content));
    }

    private static AgeKey[] anyOf(AgeKey[] keys) {
        return keys.length == 0 ? keys : new AgeKey[] {AgeKey.generate(), keys[keys.length - 1]};
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
