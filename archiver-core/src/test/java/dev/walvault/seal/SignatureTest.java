package dev.walvault.seal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.exceptionfactory.jagged.FileKey;
import com.exceptionfactory.jagged.RecipientStanza;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaReaderFactory;
import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.IntegrityException;
import dev.walvault.checksum.Sha256;
import dev.walvault.seal.age.AgeHeader;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.seal.age.AgeStanza;
import dev.walvault.sign.Keys;
import dev.walvault.sign.SigningKey;
import dev.walvault.sign.TrustedWriters;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an object's signature holds, and what a judge is told. */
class SignatureTest {
    private static final String PLACE = "main/members/main/" + Sealed.NAME;
    private static final SigningKey WRITER = SigningKey.generate();
    private static final AgeKey KEY = AgeKey.generate();
    private static final byte[] CONTENT = Sealed.content(300_000);

    private static AgeKey[] keys(boolean encrypted) {
        return encrypted ? new AgeKey[] {KEY} : new AgeKey[0];
    }

    private static byte[] seal(
            SigningKey writer, String place, String codec, int threads, byte[] content, AgeKey... keys)
            throws IOException {
        var sealer = new Sealer(Sealed.compression(codec), Sealed.recipients(keys), Optional.of(writer.of(place)));
        return Sealed.bytes(
                sealer.seal(Sealed.NAME, Sealed.STAMP, new ByteArrayInputStream(content), content.length, threads)
                        .content());
    }

    private static byte[] seal(AgeKey... keys) throws IOException {
        return seal(WRITER, PLACE, "zstd", 1, CONTENT, keys);
    }

    private static Judge judge(TrustedWriters trusted) {
        return (meta, signed) -> trusted.require(PLACE, signed, meta.stamp().time(), () -> Optional.empty());
    }

    private static byte[] read(byte[] stored, TrustedWriters trusted, AgeKey... keys) throws IOException {
        var unsealer = new Unsealer(Identities.of(List.of(keys)), keys.length == 0, Optional.of(judge(trusted)));
        try (var unsealed = unsealer.open(new ByteArrayInputStream(stored), Sealed.NAME)) {
            return unsealed.content().readAllBytes();
        }
    }

    private static byte[] read(byte[] stored, AgeKey... keys) throws IOException {
        return read(stored, Keys.trusting(WRITER), keys);
    }

    @ParameterizedTest
    @CsvSource({
        "true, zstd", "true, lz4", "true, gzip", "true, xz", "true, none",
        "false, zstd", "false, lz4", "false, gzip", "false, xz", "false, none"
    })
    void aSignedObjectIsBelieved(boolean encrypted, String codec) throws Exception {
        for (int threads : List.of(1, 2)) {
            for (int length : List.of(0, 1, 3 << 20)) {
                byte[] content = Sealed.content(length);
                byte[] stored = seal(WRITER, PLACE, codec, threads, content, keys(encrypted));

                assertThat(read(stored, keys(encrypted))).isEqualTo(content);
                assertThat(Sealed.unseal(stored, keys(encrypted))).isEqualTo(content);
            }
        }
    }

    @Test
    void aStreamedObjectIsSignedWhereItIsEncrypted() throws Exception {
        var out = new ByteArrayOutputStream();
        var sealer = new Sealer(Sealed.compression("zstd"), Sealed.recipients(KEY), Optional.of(WRITER.of(PLACE)));
        try (var sealing = sealer.sealing(Sealed.NAME, Optional.empty(), Sealed.STAMP, out)) {
            sealing.write(CONTENT);
            sealing.finish();
        }

        assertThat(read(out.toByteArray(), KEY)).isEqualTo(CONTENT);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsNotSignedIsNotBelieved(boolean encrypted) throws Exception {
        byte[] stored = Sealed.seal(CONTENT, "zstd", keys(encrypted));

        Faults.of(() -> read(stored, keys(encrypted))).is(ErrorCode.CORRUPT).says("is not signed");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatAnUnknownKeyHasSignedIsNotBelieved(boolean encrypted) throws Exception {
        byte[] stored = seal(SigningKey.generate(), PLACE, "zstd", 1, CONTENT, keys(encrypted));

        Faults.of(() -> read(stored, keys(encrypted))).is(ErrorCode.CORRUPT).says("unknown key");
    }

    @ParameterizedTest
    @CsvSource({
        "true, main/members/main/7459276829153342813/wal/00000001/00000000/000000010000000000000003",
        "true, main/members/seg0/7459276829153342812/wal/00000001/00000000/000000010000000000000003",
        "false, test/members/main/7459276829153342812/wal/00000001/00000000/000000010000000000000003",
    })
    void whatWasSignedForAnotherPlaceIsNotBelieved(boolean encrypted, String place) throws Exception {
        byte[] stored = seal(WRITER, place, "zstd", 1, CONTENT, keys(encrypted));

        Faults.of(() -> read(stored, keys(encrypted))).is(ErrorCode.CORRUPT).says("does not match");
    }

    @Test
    void anObjectOfAnotherNameIsRefusedBeforeItsSignature() throws Exception {
        byte[] stored = seal(KEY);
        var unsealer = new Unsealer(Identities.of(List.of(KEY)), false, Optional.of(judge(Keys.trusting(WRITER))));

        Faults.of(() -> unsealer.open(new ByteArrayInputStream(stored), "1/wal/other"))
                .says("was swapped");
    }

    /** Holders of an identity know the file key, and nobody else can go this far. */
    @ParameterizedTest
    @ValueSource(strings = {"meta", "recipients", "X25519", "another behind", "moved", "twice", "none"})
    void aHeaderThatWasMadeAnewAroundTheSignatureIsNotBelieved(String change) throws Exception {
        byte[] stored = seal(KEY);
        AgeHeader header = AgeHeader.read(new ByteArrayInputStream(stored), "test");
        FileKey fileKey = X25519RecipientStanzaReaderFactory.newRecipientStanzaReader(KEY.identity())
                .getFileKey(new ArrayList<>(header.stanzas()));
        byte[] rest = Arrays.copyOfRange(stored, header.length(), stored.length);
        var stanzas = new ArrayList<RecipientStanza>(header.stanzas());
        RecipientStanza signature = stanzas.getLast();
        switch (change) {
            case "meta" -> stanzas.set(1, with(stanzas.get(1), "host=db1", "host=db2"));
            case "recipients" ->
                stanzas.set(
                        2,
                        with(stanzas.get(2), KEY.recipient(), AgeKey.generate().recipient()));
            case "X25519" -> stanzas.add(0, stanzas.getFirst());
            case "another behind" -> stanzas.add(new AgeStanza("walvault/other", List.of(), new byte[0]));
            case "moved" -> stanzas.add(0, stanzas.removeLast());
            case "twice" -> stanzas.add(signature);
            default -> stanzas.removeLast();
        }
        byte[] changed = AgeHeader.write(fileKey, stanzas, Optional.empty());
        byte[] forged = Arrays.copyOf(changed, changed.length + rest.length);
        System.arraycopy(rest, 0, forged, changed.length, rest.length);

        Faults.of(() -> read(forged, KEY))
                .is(ErrorCode.CORRUPT)
                .says(change.equals("none") ? "is not signed" : "does not match");
    }

    private static AgeStanza with(RecipientStanza stanza, String old, String changed) {
        var words = new ArrayList<String>();
        stanza.getArguments().forEach(word -> words.add(word.replace(old, changed)));
        return new AgeStanza(stanza.getType(), words, stanza.getBody());
    }

    @Test
    void anotherNonceIsNotBelievedEvenWithoutTheIdentity() throws Exception {
        byte[] stored = seal(KEY);
        int nonce = AgeHeader.read(new ByteArrayInputStream(stored), "test").length();
        stored[nonce + 15] ^= 1;

        var signed = Unsealer.peek(new ByteArrayInputStream(stored)).signed();

        Faults.of(() -> Keys.trusting(WRITER).require(PLACE, signed, Sealed.STAMP.time(), Optional::empty))
                .says("does not match");
    }

    @Test
    void aHeaderTellsWhoHasSignedWithoutAnyKey() throws Exception {
        var signed = Unsealer.peek(new ByteArrayInputStream(seal(KEY))).signed();

        Keys.trusting(WRITER).require(PLACE, signed, Sealed.STAMP.time(), Optional::empty);
        assertThat(Unsealer.verifyStored(new ByteArrayInputStream(seal(KEY)), "test")
                        .signed())
                .isPresent();
        assertThat(Unsealer.peek(new ByteArrayInputStream(Sealed.seal(CONTENT, "zstd", KEY)))
                        .signed())
                .isEmpty();
    }

    /** Every byte of a plain object is signed, or is the signature, or is padding that must be as it is. */
    @Test
    void aPlainObjectIsNotBelievedWithAnyByteChanged() throws Exception {
        byte[] content = Sealed.content(700);
        byte[] stored = seal(WRITER, PLACE, "none", 1, content);
        assertThat(read(stored)).isEqualTo(content);
        Set<Integer> believed = new HashSet<>();
        for (int place = 0; place < stored.length; place++) {
            byte[] changed = stored.clone();
            changed[place] ^= 1;
            try {
                read(changed);
                believed.add(place);
            } catch (IntegrityException e) {
                assertThat(e.code()).isIn(ErrorCode.CORRUPT, ErrorCode.FORMAT_TOO_NEW);
            }
        }
        assertThat(believed).isEmpty();
    }

    /** What XXH64 cannot hold: content with the digest that its frame says, by somebody who can make such. */
    @Test
    void aPlainObjectWithAnotherContentAndItsDigestIsNotBelieved() throws Exception {
        byte[] stored = seal();
        byte[] other = Sealed.seal(Sealed.content(5), "zstd");
        String signature = new String(stored, 0, MetadataFrame.LENGTH, ISO_8859_1);
        signature = signature.substring(signature.indexOf(",\"sig\""), signature.lastIndexOf('}') + 1);
        String text = new String(other, 0, MetadataFrame.LENGTH, ISO_8859_1);
        int end = text.lastIndexOf('}');
        String forged = text.substring(0, end) + signature;
        forged += text.substring(forged.length());
        System.arraycopy(forged.getBytes(ISO_8859_1), 0, other, 0, MetadataFrame.LENGTH);
        assertThat(Sealed.unseal(other)).isEqualTo(Sealed.content(5));

        Faults.of(() -> read(other)).is(ErrorCode.CORRUPT).says("does not match");
    }

    /** In the frame all of this has to fit. */
    @Test
    void theLongestFrameHasRoomForASignature() throws Exception {
        String name = "18446744073709551615/wal/00000001/00000000/000000010000000000000003.5f1c0a0b0c0d0e0f.partial";
        var stamp = new WriteStamp("h".repeat(80), "10.10.10-beta1", "9b2e61d0c3a4f587", Sealed.STAMP.time());
        var meta = new ObjectMeta(name, Codec.ZSTD, Optional.of(ContentDigest.of(1L << 30, "5f1c0a0b0c0d0e0f")), stamp);

        byte[] frame =
                MetadataFrame.write(meta, before -> FrameSignature.sign(WRITER.of("x"), before, Sha256.create()));

        assertThat(MetadataFrame.read(frame, name)).isEqualTo(meta);
        assertThat(FrameSignature.find(frame)).isPresent();
    }

    @Test
    void partsOfAPlainObjectAreNotGivenToWhoDemandsASignature() throws Exception {
        byte[] stored = seal();
        var unsealer = new Unsealer(Identities.none(), true, Optional.of(judge(Keys.trusting(WRITER))));

        assertThatThrownBy(() -> unsealer.openRanges(new MemorySource(stored), Sealed.NAME))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void partsOfAnEncryptedObjectAreGivenIfItIsBelieved() throws Exception {
        var unsealer = new Unsealer(Identities.of(List.of(KEY)), false, Optional.of(judge(Keys.trusting(WRITER))));

        assertThat(unsealer.openRanges(new MemorySource(seal(KEY)), Sealed.NAME).content())
                .isPresent();
        Faults.of(() -> unsealer.openRanges(new MemorySource(Sealed.seal(CONTENT, "zstd", KEY)), Sealed.NAME))
                .says("is not signed");
    }
}
