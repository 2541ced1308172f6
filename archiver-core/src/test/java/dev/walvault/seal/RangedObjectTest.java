package dev.walvault.seal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.IntegrityException;
import dev.walvault.Seeds;
import dev.walvault.seal.age.AgeHeader;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.seal.age.AgeKeys;
import dev.walvault.seal.age.AgePayload;
import dev.walvault.seal.stored.RangeSource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Any part of an object is what reading it from the front gives, or an error. */
class RangedObjectTest {
    private static final int MIB = 1 << 20;
    private static final AgeKey KEY = AgeKey.generate();
    private static final byte[] FACTS = "{\"first\":\"0/3000028\"}".getBytes(UTF_8);
    private static final int[] SIZES = {0, 1, 65_536 - 512, 65_536, 130_000, MIB, MIB + 1, 3 * MIB};

    @ParameterizedTest
    @CsvSource({"zstd,false", "zstd,true", "none,false", "none,true"})
    void anyRangeIsThatOfTheContent(String codec, boolean encrypted) throws Exception {
        Seeds.forEach(40, random -> {
            int size = random.nextBoolean() ? SIZES[random.nextInt(SIZES.length)] : random.nextInt(2 * MIB);
            byte[] content = Sealed.content(size);
            byte[] stored = stored(content, codec, random, keys(encrypted));

            RangeSource ranges = content(stored, keys(encrypted));

            assertThat(ranges.length()).isEqualTo(size);
            var edges = new TreeSet<>(List.of(0, size));
            for (int i = 0; i < 20; i++) {
                edges.add(random.nextInt(size + 1));
            }
            for (int edge : new int[] {1, 65_536 - 512, 65_536, MIB - 1, MIB, MIB + 1, size - 1}) {
                if (edge >= 0 && edge <= size) {
                    edges.add(edge);
                }
            }
            for (int i = 0; i < 30; i++) {
                int from = one(edges, random);
                int end = one(edges.tailSet(from), random);
                assertThat(read(ranges, from, end - from))
                        .as("%d to %d of %d", from, end, size)
                        .isEqualTo(Arrays.copyOfRange(content, from, end));
            }
        });
    }

    private static int one(SortedSet<Integer> of, RandomGenerator random) {
        return new ArrayList<>(of).get(random.nextInt(of.size()));
    }

    private static AgeKey[] keys(boolean encrypted) {
        return encrypted ? new AgeKey[] {KEY} : new AgeKey[0];
    }

    /** In one of the ways in which objects are written. */
    private static byte[] stored(byte[] content, String codec, RandomGenerator random, AgeKey... keys)
            throws IOException {
        if (random.nextBoolean()) {
            return Sealed.seal(1 + random.nextInt(2), content, codec, keys);
        }
        int piece = random.nextInt(10_000, 300_000);
        var out = new ByteArrayOutputStream();
        try (var sealing = Sealed.sealing(Optional.empty(), codec, out, keys)) {
            for (int from = 0; from < content.length; from += piece) {
                sealing.startFrame();
                sealing.write(content, from, Math.min(piece, content.length - from));
            }
            sealing.finish(FACTS);
        }
        return out.toByteArray();
    }

    private static RangedObject open(RangeSource stored, AgeKey... keys) throws IOException {
        return new Unsealer(Identities.of(List.of(keys)), keys.length == 0).openRanges(stored, Sealed.NAME);
    }

    private static RangeSource content(byte[] stored, AgeKey... keys) throws IOException {
        return open(new MemorySource(stored), keys).content().orElseThrow();
    }

    private static byte[] read(RangeSource ranges, long from, long length) throws IOException {
        try (InputStream in = ranges.open(from, length)) {
            return in.readAllBytes();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lz4", "gzip", "xz"})
    void codecsWithoutRandomAccessSaySo(String codec) throws Exception {
        byte[] content = Sealed.content(100_000);
        for (AgeKey[] keys : List.of(keys(false), keys(true))) {
            RangedObject object = open(new MemorySource(Sealed.seal(content, codec, keys)), keys);

            assertThat(object.content()).isEmpty();
            assertThat(object.meta()).isEqualTo(Sealed.meta(content, codec));
        }
    }

    @Test
    void framesThatAnotherProgramHasCutAreReadFromTheFront() throws Exception {
        byte[] content = Sealed.content(3 * MIB);
        byte[] encoded = Sealed.ended(Tool.run(content, "zstd", "-c", "--stream-size=" + content.length), "zstd");
        byte[] stored = Arrays.copyOf(MetadataFrame.write(Sealed.meta(content, "zstd")), 512 + encoded.length);
        System.arraycopy(encoded, 0, stored, 512, encoded.length);

        assertThat(open(new MemorySource(stored)).content()).isEmpty();
        assertThat(Sealed.unseal(stored)).isEqualTo(content);
    }

    @ParameterizedTest
    @CsvSource({"zstd,false", "zstd,true", "lz4,false", "lz4,true"})
    void factsAreReadFromTheEnd(String codec, boolean encrypted) throws Exception {
        byte[] content = Sealed.content(MIB);
        var sealed = new Sealer(Sealed.compression(codec), Sealed.recipients(keys(encrypted)));
        for (byte[] facts : List.of(FACTS, new byte[200_000])) {
            byte[] stored = Sealed.bytes(sealed.seal(
                            Sealed.NAME,
                            Sealed.STAMP,
                            new ByteArrayInputStream(content),
                            content.length,
                            1,
                            () -> facts)
                    .content());

            assertThat(open(new MemorySource(stored), keys(encrypted)).facts()).contains(facts);
        }
        byte[] without = Sealed.seal(content, codec, keys(encrypted));
        assertThat(open(new MemorySource(without), keys(encrypted)).facts()).isEmpty();
    }

    @Test
    void aRangeTakesTwoRequestsToOpenAndOneToRead() throws Exception {
        byte[] content = Sealed.content(16 * MIB);
        for (AgeKey[] keys : List.of(keys(false), keys(true))) {
            var source = new MemorySource(Sealed.seal(content, "zstd", keys));
            RangeSource ranges = open(source, keys).content().orElseThrow();
            assertThat(source.requests()).hasSize(2);

            byte[] part = read(ranges, 7 * MIB + 5, 1000);

            assertThat(part).isEqualTo(Arrays.copyOfRange(content, 7 * MIB + 5, 7 * MIB + 1005));
            assertThat(source.requests()).hasSize(3);
            assertThat(source.requests()).allMatch(request -> request.length() < MIB);
        }
        var small = new MemorySource(Sealed.seal(Sealed.content(1000), "zstd", KEY));
        read(open(small, KEY).content().orElseThrow(), 10, 100);
        assertThat(small.requests()).hasSize(1);
    }

    @Test
    void aHeaderLongerThanTheFirstRequestIsRead() throws Exception {
        var keys = Stream.generate(AgeKey::generate).limit(1000).toArray(AgeKey[]::new);
        byte[] content = Sealed.content(1000);

        assertThat(read(content(Sealed.seal(content, "zstd", keys), keys[999]), 500, 10))
                .isEqualTo(Arrays.copyOfRange(content, 500, 510));
    }

    @ParameterizedTest
    @CsvSource({"zstd,false", "zstd,true", "none,true"})
    void everyChangedByteGivesAnErrorOrTheRightBytes(String codec, boolean encrypted) throws Exception {
        byte[] content = Sealed.content(900);
        var out = new ByteArrayOutputStream();
        try (var sealing = Sealed.sealing(Optional.empty(), codec, out, keys(encrypted))) {
            for (int from = 0; from < content.length; from += 300) {
                sealing.startFrame();
                sealing.write(content, from, 300);
            }
            sealing.finish(FACTS);
        }
        byte[] stored = out.toByteArray();

        for (int i = 0; i < stored.length; i++) {
            for (int mask : new int[] {1 << i % 8, 0xFF}) {
                byte[] changed = stored.clone();
                changed[i] ^= (byte) mask;
                requireRightOrRefused(changed, content, codec, keys(encrypted));
            }
        }
        for (int length = 0; length < stored.length; length++) {
            byte[] cut = Arrays.copyOf(stored, length);
            assertThatThrownBy(() -> content(cut, keys(encrypted)))
                    .as("cut to %d", length)
                    .isInstanceOf(IntegrityException.class);
        }
    }

    /** Each frame, and ranges over their borders. */
    private static void requireRightOrRefused(byte[] changed, byte[] content, String codec, AgeKey... keys)
            throws IOException {
        RangedObject object;
        try {
            object = open(new MemorySource(changed), keys);
        } catch (IntegrityException e) {
            return;
        }
        if (codec.equals("zstd")) {
            assertThat(object.facts()).contains(FACTS);
        }
        for (int[] range : new int[][] {{0, 300}, {300, 300}, {600, 300}, {299, 2}, {0, 900}, {899, 1}}) {
            try {
                byte[] part = read(object.content().orElseThrow(), range[0], range[1]);
                assertThat(part).isEqualTo(Arrays.copyOfRange(content, range[0], range[0] + range[1]));
            } catch (IntegrityException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd", "none"})
    void anObjectCutAtTheBorderOfAChunkIsRefusedWhereverIsRead(String codec) throws Exception {
        byte[] stored = Sealed.stream(Sealed.content(400_000), codec, KEY);
        int payload =
                AgeHeader.read(new ByteArrayInputStream(stored), Sealed.NAME).length() + AgeKeys.NONCE_LENGTH;

        for (int cut = payload; cut < stored.length; cut += AgePayload.CHUNK + AgePayload.TAG) {
            byte[] rest = Arrays.copyOf(stored, cut);
            Faults.of(() -> open(new MemorySource(rest), KEY)).is(ErrorCode.CORRUPT);
        }
    }

    @Test
    void whatIsRefusedFromTheFrontIsRefusedHereToo() throws Exception {
        byte[] encrypted = Sealed.seal(Sealed.content(300), "zstd", KEY);
        byte[] plain = Sealed.seal(Sealed.content(300), "zstd");
        var reader = new Unsealer(Identities.of(List.of(KEY)), false);

        Faults.of(() -> reader.openRanges(new MemorySource(plain), Sealed.NAME)).says("is not encrypted");
        Faults.of(() -> reader.openRanges(new MemorySource(encrypted), "history/00000002.history"))
                .says("was swapped");
        Faults.of(() -> open(new MemorySource(encrypted), AgeKey.generate())).is(ErrorCode.KEY_WRONG);
        Faults.of(() -> new Unsealer(Identities.none(), true).openRanges(new MemorySource(encrypted), Sealed.NAME))
                .is(ErrorCode.KEY_MISSING);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aFailureOfTheStoreIsNotTakenForDamage(int requests) throws Exception {
        byte[] stored = Sealed.seal(Sealed.content(4 * MIB), "zstd", KEY);
        var source = new MemorySource(stored);
        var failing = new RangeSource() {
            @Override
            public long length() {
                return source.length();
            }

            @Override
            public InputStream open(long offset, long length) throws IOException {
                if (source.requests().size() == requests) {
                    throw new IOException("connection reset");
                }
                return source.open(offset, length);
            }
        };

        assertThatThrownBy(() -> read(open(failing, KEY).content().orElseThrow(), 2 * MIB, 10))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("connection reset");
    }
}
