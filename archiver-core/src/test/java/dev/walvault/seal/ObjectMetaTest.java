package dev.walvault.seal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.exceptionfactory.jagged.FileKey;
import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.seal.age.AgeHeader;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.seal.age.AgeStanza;
import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an object says of itself, in both of its forms: read, refused as damaged, refused as too new. */
class ObjectMetaTest {
    private static final String MEMBERS =
            "\"name\":\"a\",\"length\":1,\"xxh64\":\"0d998f6d33a168e5\",\"host\":\"db1\",\"version\":\"0.1.0\","
                    + "\"write\":\"9b2e\",\"time\":\"2026-11-20T22:15:30.123Z\"";
    private static final String ZSTD = "\"codec\":\"zstd\"," + MEMBERS;
    private static final List<String> WORDS = List.of(
            "name=a",
            "codec=zstd",
            "length=1",
            "xxh64=0d998f6d33a168e5",
            "inner=600",
            "host=db1",
            "version=0.1.0",
            "write=9b2e",
            "time=2026-11-20T22:15:30.123Z");

    @ParameterizedTest
    @EnumSource(Codec.class)
    void bothFormsSayTheSame(Codec codec) throws Exception {
        for (Optional<ContentDigest> digest :
                List.of(Optional.of(new ContentDigest(7, -1)), Optional.<ContentDigest>empty())) {
            var meta = new ObjectMeta("a=b,\"c\\", codec, digest, new WriteStamp("-", "=", ",", Sealed.STAMP.time()));

            assertThat(MetadataFrame.read(MetadataFrame.write(meta), "x")).isEqualTo(meta);
            for (OptionalLong inner : List.of(OptionalLong.of(512), OptionalLong.empty())) {
                var stanza = new MetaStanza(meta, inner, inner.isPresent() ? OptionalLong.of(-1) : inner);
                assertThat(stanza(stanza.toStanza().getArguments())).isEqualTo(stanza);
            }
        }
    }

    @Test
    void theOrderOfWordsMeansNothingAndUnknownOnesAreIgnored() throws Exception {
        var shuffled =
                Stream.concat(WORDS.stream(), Stream.of("colour=red", "x=")).collect(Collectors.toList());
        Collections.shuffle(shuffled, new Random(1));

        assertThat(stanza(words(shuffled))).isEqualTo(stanza(words(WORDS)));
        assertThat(read("\"walvault\":1,\"colour\":{\"red\":[1]},\"x\":null," + ZSTD))
                .isEqualTo(read("\"walvault\":1," + ZSTD));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"walvault\":12,\"name\":[1]",
                "\"walvault\":1,\"requires\":[\"sparse\"]",
                "\"walvault\":1,\"requires\":[\"sparse\",\"\"]," + ZSTD,
                "\"walvault\":1,\"codec\":\"lzma2\"," + MEMBERS,
            })
    void aFrameOfALaterWalvaultIsTooNewAndNotDamaged(String members) {
        Faults.of(() -> read(members)).is(ErrorCode.FORMAT_TOO_NEW);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ZSTD,
                "\"walvault\":0," + ZSTD,
                "\"walvault\":\"1\"," + ZSTD,
                "\"walvault\":1," + MEMBERS,
                "\"walvault\":1,\"codec\":null," + MEMBERS,
                "\"walvault\":1,\"codec\":7," + MEMBERS,
                "\"walvault\":1,\"codec\":\"zstd\"," + ZSTD,
                "\"walvault\":1,\"requires\":\"sparse\"," + ZSTD,
                "\"walvault\":1,\"requires\":[7]," + ZSTD,
                "\"walvault\":1,\"requires\":[[\"sparse\"]]," + ZSTD,
                "\"walvault\":1,\"requires\":null," + ZSTD,
            })
    void aMalformedFrameIsDamaged(String members) {
        Faults.of(() -> read(members)).is(ErrorCode.CORRUPT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"requires=sparse", "requires=sparse,holes", "requires="})
    void aStanzaThatRequiresMoreIsTooNewAndNotDamaged(String word) {
        Faults.of(() -> stanza(words(List.of(word)))).is(ErrorCode.FORMAT_TOO_NEW);
    }

    @Test
    void aStanzaOfALaterVersionOrWithAnotherCodecIsTooNew() {
        Faults.of(() -> stanza(List.of("2", "whatever"))).is(ErrorCode.FORMAT_TOO_NEW);
        Faults.of(() -> stanza(words(replaced("codec=", "codec=lzma2")))).is(ErrorCode.FORMAT_TOO_NEW);
    }

    @ParameterizedTest
    @ValueSource(strings = {"name=", "codec=", "length=", "xxh64=", "host=", "version=", "write=", "time="})
    void aWordThatIsMissingOrEmptyOrThereTwiceIsDamage(String key) {
        Faults.of(() -> stanza(words(without(key)))).is(ErrorCode.CORRUPT);
        Faults.of(() -> stanza(words(Stream.concat(WORDS.stream(), word(key)).toList())))
                .is(ErrorCode.CORRUPT);
        if (!key.equals("codec=")) {
            Faults.of(() -> stanza(words(replaced(key, key)))).is(ErrorCode.CORRUPT);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zstd",
                "=zstd",
                "inner=511",
                "inner=x",
                "inner=",
                "inner=9223372036854775807",
                "payload=",
                "payload=ABCDEF0123456789",
                "inner=600"
            })
    void aWordThatMakesNoSenseIsDamage(String word) {
        List<String> others = word.equals("inner=600") ? WORDS : without("inner=");

        Faults.of(() -> stanza(
                        words(Stream.concat(others.stream(), Stream.of(word)).toList())))
                .is(ErrorCode.CORRUPT);
    }

    @Test
    void anotherVersionOfAgeIsTooNew() {
        byte[] later = "age-encryption.org/v2\nwhatever".getBytes(US_ASCII);

        Faults.of(() -> Sealed.open(later, AgeKey.generate())).is(ErrorCode.FORMAT_TOO_NEW);
        Faults.of(() -> Unsealer.peek(new ByteArrayInputStream(later))).is(ErrorCode.FORMAT_TOO_NEW);
    }

    /** A later envelope begins with a frame that requires a word: nobody shall take it for something planted. */
    @Test
    void aLaterEnvelopeIsTooNewEvenWherePlainObjectsAreForgeries() throws Exception {
        byte[] later = frame("\"walvault\":1,\"requires\":[\"openpgp\"]");

        Faults.of(() -> Sealed.open(later, AgeKey.generate())).is(ErrorCode.FORMAT_TOO_NEW);
        Faults.of(() -> Unsealer.peek(new ByteArrayInputStream(later))).is(ErrorCode.FORMAT_TOO_NEW);
    }

    @Test
    void contentOfAnotherCodecThanItsFrameSaysIsDamaged() throws Exception {
        byte[] content = Sealed.content(300);
        byte[] lz4 = Sealed.seal(content, "lz4");
        System.arraycopy(MetadataFrame.write(Sealed.meta(content, "zstd")), 0, lz4, 0, MetadataFrame.LENGTH);

        Faults.of(() -> Sealed.unseal(lz4)).is(ErrorCode.CORRUPT);
        Faults.of(() -> Sealed.unseal(Arrays.copyOf(lz4, MetadataFrame.LENGTH))).is(ErrorCode.CORRUPT);
    }

    private static ObjectMeta read(String members) throws Exception {
        return MetadataFrame.read(frame(members), "x");
    }

    private static byte[] frame(String members) {
        byte[] frame = MetadataFrame.write(Sealed.metaWithoutDigest("zstd"));
        byte[] json = ("{" + members + "}").getBytes(US_ASCII);
        Arrays.fill(frame, 8, frame.length - 1, (byte) ' ');
        System.arraycopy(json, 0, frame, 8, json.length);
        return frame;
    }

    private static List<String> words(List<String> words) {
        return Stream.concat(Stream.of("1"), words.stream()).toList();
    }

    private static Stream<String> word(String key) {
        return WORDS.stream().filter(word -> word.startsWith(key));
    }

    private static List<String> without(String key) {
        return WORDS.stream().filter(word -> !word.startsWith(key)).toList();
    }

    private static List<String> replaced(String key, String word) {
        return WORDS.stream().map(old -> old.startsWith(key) ? word : old).toList();
    }

    private static MetaStanza stanza(List<String> words) throws Exception {
        byte[] header = AgeHeader.write(
                new FileKey(), List.of(new AgeStanza(MetaStanza.TYPE, words, new byte[0])), Optional.empty());
        return MetaStanza.of(AgeHeader.read(new ByteArrayInputStream(header), "x"), "x");
    }
}
