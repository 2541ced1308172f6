package dev.walvault.seal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.sign.Keys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects that were written once and are read forever: the test vectors of docs/FORMAT.md. */
class GoldenTest {
    private static final byte[] CONTENT =
            "Everything in a vault opens with age, zstd (or lz4) and tar of any distribution.\n".getBytes(US_ASCII);
    private static final String PLACE = "main/members/main/" + Sealed.NAME;
    private static final ContentDigest DIGEST = ContentDigest.of(81, "0d998f6d33a168e5");

    @ParameterizedTest
    @EnumSource(Codec.class)
    void aPlainVectorIsRead(Codec codec) throws Exception {
        byte[] stored = vector(codec.word());

        assertThat(Sealed.unseal(stored)).isEqualTo(CONTENT);
        try (var unsealed = Sealed.open(stored)) {
            assertThat(unsealed.meta()).isEqualTo(meta(codec));
        }
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void anEncryptedVectorIsRead(Codec codec) throws Exception {
        byte[] stored = vector("age-" + codec.word());
        var identities = GoldenKeys.identities();

        try (var unsealed = new Unsealer(identities, false).open(new ByteArrayInputStream(stored), Sealed.NAME)) {
            assertThat(unsealed.content().readAllBytes()).isEqualTo(CONTENT);
            assertThat(unsealed.meta()).isEqualTo(meta(codec));
            assertThat(unsealed.digest()).isEqualTo(DIGEST);
        }
        var header = Unsealer.peek(new ByteArrayInputStream(stored));
        assertThat(header.meta()).isEqualTo(meta(codec));
        assertThat(header.storedLength()).hasValue(stored.length);
        assertThat(header.recipients()).isEqualTo(identities.recipients());
    }

    @ParameterizedTest
    @ValueSource(strings = {"age-signed", "none-signed"})
    void aSignedVectorIsReadWithAndWithoutItsSignature(String name) throws Exception {
        byte[] stored = vector(name);
        var identities = GoldenKeys.identities();
        boolean plain = name.startsWith("none");
        Judge judge = (meta, signed) -> Keys.trusting(GoldenKeys.signing())
                .require(PLACE, signed, meta.stamp().time(), Optional::empty);

        for (Optional<Judge> asked : List.of(Optional.of(judge), Optional.<Judge>empty())) {
            var unsealer = new Unsealer(identities, plain, asked);
            try (var unsealed = unsealer.open(new ByteArrayInputStream(stored), Sealed.NAME)) {
                assertThat(unsealed.content().readAllBytes()).isEqualTo(CONTENT);
                assertThat(unsealed.meta()).isEqualTo(meta(plain ? Codec.NONE : Codec.ZSTD));
            }
        }
    }

    @Test
    void aSignedObjectIsWrittenAsItsVector() throws Exception {
        var sealer = new Sealer(
                Sealed.compression("none"),
                Recipients.none(),
                Optional.of(GoldenKeys.signing().of(PLACE)));
        var sealed = sealer.seal(Sealed.NAME, Sealed.STAMP, new ByteArrayInputStream(CONTENT), CONTENT.length, 1);

        assertThat(Sealed.bytes(sealed.content())).isEqualTo(vector("none-signed"));
    }

    @Test
    void theMetadataFrameIsWrittenAsTheVectorsHaveIt() throws Exception {
        for (Codec codec : Codec.values()) {
            assertThat(MetadataFrame.write(meta(codec)))
                    .isEqualTo(Arrays.copyOf(vector(codec.word()), MetadataFrame.LENGTH));
        }
        assertThat(ContentDigest.of(CONTENT)).isEqualTo(DIGEST);
    }

    @Test
    void anUncompressedObjectIsWrittenAsItsVector() throws Exception {
        assertThat(Sealed.seal(CONTENT, "none")).isEqualTo(vector("none"));
    }

    @Test
    void theFormatPageHasTheSameVectors() throws Exception {
        String page = Files.readString(Path.of("..", "docs", "FORMAT.md"));

        var names =
                new ArrayList<>(List.of("age-signed.base64", "none-signed.base64", "identity.txt", "signing-key.pem"));
        for (Codec codec : Codec.values()) {
            names.add(codec.word() + ".base64");
            names.add("age-" + codec.word() + ".base64");
        }
        for (String name : names) {
            assertThat(page)
                    .as(name)
                    .contains(Files.readString(GoldenKeys.file(name)).indent(4));
        }
        assertThat(page).contains(DIGEST.hex());
    }

    private static ObjectMeta meta(Codec codec) {
        return new ObjectMeta(Sealed.NAME, codec, Optional.of(DIGEST), Sealed.STAMP);
    }

    private static byte[] vector(String name) throws IOException {
        return Base64.getMimeDecoder().decode(Files.readAllBytes(GoldenKeys.file(name + ".base64")));
    }
}
