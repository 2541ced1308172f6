package dev.walvault.seal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.exceptionfactory.jagged.FileKey;
import com.exceptionfactory.jagged.RecipientStanza;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaWriterFactory;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.IntegrityException;
import dev.walvault.seal.age.AgeHeader;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.seal.age.AgeKeys;
import dev.walvault.seal.age.AgePayload;
import dev.walvault.seal.age.AgeStanza;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DamageTest {
    private static final AgeKey KEY = AgeKey.generate();
    private static final byte[] CONTENT = Sealed.content(300);

    @ParameterizedTest
    @ValueSource(strings = {"zstd", "lz4", "gzip", "xz", "none"})
    void everyChangedByteOfAnEncryptedObjectIsDetected(String codec) throws Exception {
        byte[] stored = Sealed.seal(CONTENT, codec, KEY);

        for (int i = 0; i < stored.length; i++) {
            byte[] changed = changed(stored, i);
            assertThatThrownBy(() -> Sealed.unseal(changed, KEY))
                    .as("byte %d of %d", i, stored.length)
                    .isInstanceOf(IntegrityException.class);
        }
    }

    /**
     * In a plain object nothing guards the stamp (who wrote it), a few bits of a zstd frame header mean nothing, and an
     * lz4 match may point to other bytes that are the same. The content must come back unchanged, or not at all.
     */
    @ParameterizedTest
    @ValueSource(strings = {"zstd", "lz4", "gzip", "xz", "none"})
    void everyChangedByteOfAPlainObjectIsDetectedOrHarmless(String codec) throws Exception {
        byte[] stored = Sealed.seal(CONTENT, codec);
        String frame = new String(stored, 0, MetadataFrame.LENGTH, US_ASCII);
        int stamp = frame.indexOf("\"host\"");
        int stampEnd = frame.indexOf('}');

        var harmless = new ArrayList<Integer>();
        for (int i = 0; i < stored.length; i++) {
            try {
                byte[] content = Sealed.unseal(changed(stored, i));
                assertThat(content).as("byte %d", i).isEqualTo(CONTENT);
                harmless.add(i);
            } catch (IntegrityException e) {
                assertThat(e.code()).isIn(ErrorCode.CORRUPT, ErrorCode.FORMAT_TOO_NEW);
            }
        }

        assertThat(harmless).allMatch(i -> (i > stamp && i < stampEnd) || i >= MetadataFrame.LENGTH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd", "lz4", "gzip", "xz", "none"})
    void everyCutIsDetected(String codec) throws Exception {
        byte[] encrypted = Sealed.seal(CONTENT, codec, KEY);
        byte[] plain = Sealed.seal(CONTENT, codec);

        for (int length = 0; length < encrypted.length; length++) {
            byte[] cut = Arrays.copyOf(encrypted, length);
            assertThatThrownBy(() -> Sealed.unseal(cut, KEY))
                    .as("cut to %d", length)
                    .isInstanceOf(IntegrityException.class);
        }
        for (int length = 0; length < plain.length; length++) {
            byte[] cut = Arrays.copyOf(plain, length);
            assertThatThrownBy(() -> Sealed.unseal(cut)).as("cut to %d", length).isInstanceOf(IntegrityException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd", "lz4", "gzip", "xz", "none"})
    void aCutAtTheBorderOfAnAgeChunkIsDetected(String codec) throws Exception {
        byte[] stored = Sealed.stream(Sealed.content(400_000), codec, KEY);
        int payload =
                AgeHeader.read(new ByteArrayInputStream(stored), Sealed.NAME).length() + AgeKeys.NONCE_LENGTH;

        for (int cut = payload; cut < stored.length; cut += AgePayload.CHUNK + AgePayload.TAG) {
            byte[] rest = Arrays.copyOf(stored, cut);
            assertThatThrownBy(() -> Sealed.unseal(rest, KEY)).isInstanceOf(IntegrityException.class);
        }
    }

    @Test
    void aPlainStreamCutInsideAFrameIsDetectedWithoutADigest() throws Exception {
        byte[] stored = Sealed.stream(Sealed.content(5000), "zstd");

        for (int length = MetadataFrame.LENGTH + 4; length < stored.length; length++) {
            byte[] cut = Arrays.copyOf(stored, length);
            assertThatThrownBy(() -> Sealed.unseal(cut)).as("cut to %d", length).isInstanceOf(IntegrityException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd", "lz4", "gzip", "xz", "none"})
    void bytesBehindTheEndAreDetected(String codec) throws Exception {
        for (AgeKey[] keys : List.of(new AgeKey[0], new AgeKey[] {KEY})) {
            byte[] stored = Sealed.seal(CONTENT, codec, keys);
            for (int extra : new int[] {1, 4, 100, 70_000}) {
                byte[] longer = Arrays.copyOf(stored, stored.length + extra);
                assertThatThrownBy(() -> Sealed.unseal(longer, keys))
                        .as("%d more", extra)
                        .isInstanceOf(IntegrityException.class);
            }
        }
    }

    @Test
    void whatWasClosedButNotFinishedIsRefused() throws Exception {
        for (String codec : List.of("zstd", "lz4", "gzip", "xz", "none")) {
            var out = new ByteArrayOutputStream();
            try (var sealing = Sealed.sealing(Optional.empty(), codec, out, KEY)) {
                sealing.write(Sealed.content(3_000_000));
            }

            assertThatThrownBy(() -> Sealed.unseal(out.toByteArray(), KEY))
                    .as(codec)
                    .isInstanceOf(IntegrityException.class);
        }
    }

    @Test
    void aSwappedObjectIsRefusedByName() throws Exception {
        for (AgeKey[] keys : List.of(new AgeKey[0], new AgeKey[] {KEY})) {
            byte[] stored = Sealed.seal(CONTENT, "zstd", keys);
            var unsealer = new Unsealer(Identities.of(List.of(keys)), true);

            assertThatThrownBy(() -> unsealer.open(new ByteArrayInputStream(stored), "history/00000002.history"))
                    .isInstanceOf(IntegrityException.class)
                    .hasMessage("object \"history/00000002.history\" was swapped")
                    .satisfies(e -> assertThat(((ArchiverException) e).detail().orElseThrow())
                            .contains(Sealed.NAME));
        }
    }

    @Test
    void aPlainObjectIsRefusedWhereTheVaultIsEncrypted() throws Exception {
        byte[] stored = Sealed.seal(CONTENT, "zstd");

        assertThatThrownBy(() -> Sealed.open(stored, KEY))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("is not encrypted, in a vault that is");
    }

    /** What age itself refuses, so that both say the same of a file. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "->",
                "-> X25519",
                "-> X25519 AAAA",
                "-> X25519 not/base64=",
                "-> X25519 HukrjLDTQIsXcEz+MFm763APx/kl6TrN4CPk0LTeuxiI",
                "-> X25519 HukrjLDTQIsXcEz+MFm763APx/kl6TrN4CPk0LTeuxI more",
                "-> X25519 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "-> X25519 7v///////////////////////////////////////38",
            })
    void aMalformedStanzaMakesTheWholeHeaderBad(String stanza) throws Exception {
        byte[] stored = Sealed.seal(CONTENT, "none", KEY);
        String body = "0mnkWfPDQI2O0KbJF+ndQ5RKuie1QiPu60EK1Ae0+D4";
        byte[] start = ("age-encryption.org/v1\n" + stanza + "\n" + body + "\n").getBytes(US_ASCII);
        byte[] malformed = Arrays.copyOf(start, start.length + stored.length);
        int intro = AgeHeader.INTRO.length;
        System.arraycopy(stored, intro, malformed, start.length, stored.length - intro);

        assertThatThrownBy(() -> Sealed.open(malformed, KEY))
                .isInstanceOf(IntegrityException.class)
                .satisfies(e -> assertThat(((ArchiverException) e).code()).isEqualTo(ErrorCode.CORRUPT));
        assertThatThrownBy(() -> Unsealer.peek(new ByteArrayInputStream(malformed)))
                .isInstanceOf(IntegrityException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {31, 33, 0})
    void aWrappedKeyOfAnotherLengthMakesTheWholeHeaderBad(int length) throws Exception {
        var argument = "HukrjLDTQIsXcEz+MFm763APx/kl6TrN4CPk0LTeuxI";
        var stanzas = List.<RecipientStanza>of(new AgeStanza("X25519", List.of(argument), new byte[length]));
        byte[] header = AgeHeader.write(new FileKey(), stanzas, Optional.empty());

        assertThatThrownBy(() -> AgeHeader.read(new ByteArrayInputStream(header), "x"))
                .isInstanceOf(IntegrityException.class)
                .satisfies(e -> assertThat(((ArchiverException) e).detail().orElseThrow())
                        .contains("malformed X25519 stanza"));
    }

    /** A host without a key cannot check the MAC, but it can see that this is none. */
    @ParameterizedTest
    @ValueSource(strings = {"", "AAAA", "WyJp9F/9FOZh7gJdheq2WIJcwHgYc8NIVh3ddwhrcNgA"})
    void aMacOfAnotherLengthIsNone(String mac) {
        byte[] header = ("age-encryption.org/v1\n--- " + mac + "\n").getBytes(US_ASCII);

        assertThatThrownBy(() -> Unsealer.peek(new ByteArrayInputStream(header)))
                .isInstanceOf(IntegrityException.class)
                .satisfies(e -> assertThat(((ArchiverException) e).detail().orElseThrow())
                        .contains("has a MAC of"));
    }

    @Test
    void headerAndMetadataFrameMustAgree() throws Exception {
        byte[] other = Sealed.content(301);
        var fileKey = new FileKey();
        var stanzas = new ArrayList<RecipientStanza>();
        X25519RecipientStanzaWriterFactory.newRecipientStanzaWriter(KEY.recipient())
                .getRecipientStanzas(fileKey)
                .forEach(stanzas::add);
        stanzas.add(
                new MetaStanza(Sealed.meta(CONTENT, "none"), OptionalLong.empty(), OptionalLong.empty()).toStanza());
        byte[] nonce = new byte[AgeKeys.NONCE_LENGTH];
        var buffer = new ChunkBuffer();
        buffer.write(MetadataFrame.write(Sealed.meta(other, "none")), 0, MetadataFrame.LENGTH);
        var head = new ByteArrayOutputStream();
        head.write(AgeHeader.write(fileKey, stanzas, Optional.empty()));
        head.write(nonce);

        byte[] stored =
                Sealed.bytes(buffer.encrypt(AgePayload.encrypting(AgeKeys.payloadKey(fileKey, nonce)), new Digester())
                        .behind(head.toByteArray()));

        assertThatThrownBy(() -> Sealed.open(stored, KEY))
                .isInstanceOf(IntegrityException.class)
                .satisfies(e -> assertThat(((ArchiverException) e).detail().orElseThrow())
                        .startsWith("Its header says"));
    }

    @Test
    void aGiganticZstdWindowIsRefusedWithoutTakingTheMemory() throws Exception {
        var encoded = new ByteArrayOutputStream();
        encoded.write(MetadataFrame.write(Sealed.metaWithoutDigest("zstd")));
        try (var zstd = new ZstdOutputStreamNoFinalizer(encoded).setLong(27)) {
            zstd.write(CONTENT);
        }

        assertThatThrownBy(() -> Sealed.unseal(encoded.toByteArray()))
                .isInstanceOf(IntegrityException.class)
                .satisfies(e -> assertThat(((ArchiverException) e).detail().orElseThrow())
                        .contains("cannot be decompressed"));
    }

    @Test
    void aGiganticXzDictionaryIsRefusedWithoutTakingTheMemory() throws Exception {
        var encoded = new ByteArrayOutputStream();
        encoded.write(MetadataFrame.write(Sealed.metaWithoutDigest("xz")));
        encoded.write(Tool.run(CONTENT, "xz", "-c", "--lzma2=dict=64MiB"));

        Faults.of(() -> Sealed.unseal(encoded.toByteArray()))
                .is(ErrorCode.CORRUPT)
                .says("cannot be decompressed", "of memory would be needed");
    }

    @Test
    void contentLongerThanItsMetadataIsRefusedAsSoonAsItIsSeen() throws Exception {
        byte[] zeros = new byte[64 << 20];
        var out = new ByteArrayOutputStream();
        out.write(MetadataFrame.write(
                new ObjectMeta(Sealed.NAME, Codec.ZSTD, Optional.of(new ContentDigest(10, 1)), Sealed.STAMP)));
        byte[] stream = Sealed.stream(zeros, "zstd");
        out.write(stream, 512, stream.length - 512);

        try (var unsealed = Sealed.open(out.toByteArray())) {
            byte[] buffer = new byte[8192];
            assertThatThrownBy(() -> unsealed.content().read(buffer)).isInstanceOf(IntegrityException.class);
            assertThatThrownBy(() -> unsealed.content().read(buffer)).isInstanceOf(IntegrityException.class);
            assertThatThrownBy(unsealed::digest).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void anEndlessHeaderIsRefused() {
        byte[] header = Arrays.copyOf(AgeHeader.INTRO, 2 << 20);
        Arrays.fill(header, AgeHeader.INTRO.length, header.length, (byte) 'A');

        assertThatThrownBy(() -> Unsealer.peek(new ByteArrayInputStream(header)))
                .isInstanceOf(IntegrityException.class);
    }

    @Test
    void aFailureOfTheStoreIsNotTakenForDamage() throws Exception {
        for (String codec : List.of("zstd", "lz4", "gzip", "xz", "none")) {
            byte[] stored = Sealed.seal(Sealed.content(300_000), codec);
            var broken = new SequenceInputStream(new ByteArrayInputStream(stored, 0, 150_000), new InputStream() {
                @Override
                public int read() throws IOException {
                    throw new IOException("connection reset");
                }

                @Override
                public int read(byte[] bytes, int offset, int count) throws IOException {
                    return read();
                }
            });

            try (var unsealed = new Unsealer(Identities.none(), true).open(broken, Sealed.NAME)) {
                assertThatThrownBy(() -> unsealed.content().readAllBytes())
                        .isExactlyInstanceOf(IOException.class)
                        .hasMessage("connection reset");
            }
        }
    }

    private static byte[] changed(byte[] stored, int position) {
        byte[] changed = stored.clone();
        // one bit for half of the positions, all of them for the others
        changed[position] ^= (byte) (position % 2 == 0 ? 1 << (position / 2 % 8) : 0xFF);
        return changed;
    }
}
