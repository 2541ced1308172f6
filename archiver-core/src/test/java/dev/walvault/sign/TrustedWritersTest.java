package dev.walvault.sign;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedWritersTest {
    private static final String PLACE = "main/members/main/1/identity.json";
    private static final SigningKey KEY = SigningKey.generate();
    private static final SigningKey OTHER = SigningKey.generate();
    private static final byte[] CONTENT = "{\"walvault\":1".getBytes(UTF_8);
    private static final Instant NOON = Instant.parse("2026-11-30T12:00:00Z");
    private static final TrustedWriters.StoredTime NEVER_ASKED = () -> {
        throw new AssertionError("the store was asked for the time of something signed");
    };

    private static Signed signed(SigningKey key, SignedForm form, String place) {
        return new Signed(form, key.writer().text(), key.of(place).sign(form, CONTENT), CONTENT);
    }

    private static void require(TrustedWriters trusted, Signed signed) throws Exception {
        trusted.require(PLACE, Optional.of(signed), NOON, NEVER_ASKED);
    }

    private static TrustedWriters trusting(String times) {
        return TrustedWriters.of(List.of(TrustedWriter.parse(KEY.writer() + " " + times)), Optional.empty());
    }

    @Test
    void whatATrustedKeyHasSignedIsBelieved() throws Exception {
        require(Keys.trusting(OTHER, KEY), signed(KEY, SignedForm.DOCUMENT, PLACE));
    }

    @Test
    void withoutWritersEverythingIsBelieved() throws Exception {
        var everybody = TrustedWriters.of(List.of(), Optional.of(NOON));

        everybody.require(PLACE, Optional.empty(), NOON, NEVER_ASKED);
        require(everybody, signed(OTHER, SignedForm.DOCUMENT, "elsewhere"));
        assertThat(everybody.areEverybody()).isTrue();
    }

    @Test
    void anUnknownKeyIsNamed() {
        Faults.of(() -> require(Keys.trusting(OTHER), signed(KEY, SignedForm.DOCUMENT, PLACE)))
                .is(ErrorCode.CORRUPT)
                .says(
                        "\"" + PLACE + "\" is signed by an unknown key",
                        KEY.writer().text(),
                        "trust.writers");
    }

    @Test
    void aKeyThatIsAskedForUnderAnotherNameDoesNotHold() {
        var lies = new Signed(
                SignedForm.DOCUMENT,
                OTHER.writer().text(),
                signed(KEY, SignedForm.DOCUMENT, PLACE).signature(),
                CONTENT);

        Faults.of(() -> require(Keys.trusting(OTHER), lies))
                .is(ErrorCode.CORRUPT)
                .says("does not match");
    }

    @Test
    void aSignatureForAnotherPlaceFormOrContentDoesNotHold() {
        Signed right = signed(KEY, SignedForm.DOCUMENT, PLACE);
        byte[] changed = CONTENT.clone();
        changed[3] ^= 1;

        for (Signed wrong : List.of(
                signed(KEY, SignedForm.DOCUMENT, PLACE.replace("main/1", "main/2")),
                signed(KEY, SignedForm.DOCUMENT, PLACE.replace("members/main", "members/seg0")),
                signed(KEY, SignedForm.DOCUMENT, PLACE.replaceFirst("main", "test")),
                new Signed(SignedForm.ENCRYPTED, right.writer(), right.signature(), CONTENT),
                new Signed(SignedForm.COMPRESSED, right.writer(), right.signature(), CONTENT),
                new Signed(SignedForm.DOCUMENT, right.writer(), right.signature(), changed),
                new Signed(SignedForm.DOCUMENT, right.writer(), new byte[0], CONTENT),
                new Signed(SignedForm.DOCUMENT, right.writer(), new byte[64], CONTENT))) {
            Faults.of(() -> require(Keys.trusting(KEY), wrong))
                    .is(ErrorCode.CORRUPT)
                    .says("does not match");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "from=2026-11-30T12:00:00Z",
                "until=2026-11-30T12:00:00.001Z",
                "name=db1 from=2026-11-30T00:00:00Z until=2026-12-01T00:00:00Z",
            })
    void aKeyIsBelievedFromAnInstantUntilAnother(String times) throws Exception {
        require(trusting(times), signed(KEY, SignedForm.DOCUMENT, PLACE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"from=2026-11-30T12:00:00.001Z", "until=2026-11-30T12:00:00Z name=db1"})
    void aKeyIsNotBelievedAtAnotherTime(String times) {
        Faults.of(() -> require(trusting(times), signed(KEY, SignedForm.DOCUMENT, PLACE)))
                .is(ErrorCode.CORRUPT)
                .says("at a time at which it is not trusted", "2026-11-30T12:00:00Z", "from and until");
    }

    @Test
    void aKeyMayHaveSeveralTimes() throws Exception {
        var twice = TrustedWriters.of(
                List.of(
                        TrustedWriter.parse(KEY.writer() + " until=2026-01-01T00:00:00Z"),
                        TrustedWriter.parse(KEY.writer() + " from=2026-06-01T00:00:00Z")),
                Optional.empty());

        require(twice, signed(KEY, SignedForm.DOCUMENT, PLACE));
    }

    @Test
    void whatIsNotSignedIsRefused() {
        Faults.of(() -> Keys.trusting(KEY).require(PLACE, Optional.empty(), NOON, NEVER_ASKED))
                .is(ErrorCode.CORRUPT)
                .says("\"" + PLACE + "\" is not signed", "trust.unsigned_before");
    }

    @ParameterizedTest
    @CsvSource({"-1, true", "0, false", "1, false"})
    void whatIsNotSignedIsBelievedIfTheStoreHadItBefore(long seconds, boolean believed) throws Exception {
        var trusted = TrustedWriters.of(List.of(Keys.always(KEY)), Optional.of(NOON));
        TrustedWriters.StoredTime stored = () -> Optional.of(NOON.plusSeconds(seconds));

        if (believed) {
            trusted.require(PLACE, Optional.empty(), Instant.EPOCH, stored);
        } else {
            Faults.of(() -> trusted.require(PLACE, Optional.empty(), Instant.EPOCH, stored))
                    .is(ErrorCode.CORRUPT)
                    .says("is not signed", "2026-11-30T12:00:00Z or later");
        }
    }

    @Test
    void whatIsSignedIsNotBelievedForItsAge() {
        var trusted = TrustedWriters.of(List.of(Keys.always(OTHER)), Optional.of(NOON));

        Faults.of(() -> require(trusted, signed(KEY, SignedForm.DOCUMENT, PLACE)))
                .says("unknown key");
    }

    @Test
    void aWriterIsReadWithItsNameAndTimes() {
        var writer = TrustedWriter.parse(
                "  " + KEY.writer() + "  until=2027-01-01T00:00:00Z name=db1  from=2026-01-01T00:00:00Z ");

        assertThat(writer.key()).isEqualTo(KEY.writer());
        assertThat(writer.name()).contains("db1");
        assertThat(writer.from()).contains(Instant.parse("2026-01-01T00:00:00Z"));
        assertThat(writer.until()).contains(Instant.parse("2027-01-01T00:00:00Z"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name=a name=b",
                "form=2026-01-01T00:00:00Z",
                "from=yesterday",
                "from=2026-01-01",
                "from=2027-01-01T00:00:00Z until=2026-01-01T00:00:00Z",
                "from=2026-01-01T00:00:00Z until=2026-01-01T00:00:00Z",
                "db1",
            })
    void whatIsNoWriterIsRefused(String rest) {
        assertThatThrownBy(() -> TrustedWriter.parse(KEY.writer() + " " + rest))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1}",
                "{\"a\":{\"b\":1,\"sig\":\"ed25519:x:y\"}}",
                "{\"label\":\"x,\\\"sig\\\":\\\"ed25519:x:y\"}",
                "{\"a\":1,\"sig\":\"ed25519:x:y\",\"b\":\"c\"}",
                "{\"a\":1,\"sig\":\"ed25519:x:y\"} x",
                "",
            })
    void aDocumentWithoutThatLastMemberIsNotSigned(String json) {
        assertThat(JsonSignature.find(json.getBytes(UTF_8))).isEmpty();
    }

    @Test
    void theLastMemberIsTheSignature() {
        var found = JsonSignature.find("{\"a\":\"é\",\"sig\":\"ed25519:x:AAE=\"} \n".getBytes(UTF_8))
                .orElseThrow();

        assertThat(found.before()).isEqualTo("{\"a\":\"é\"".getBytes(UTF_8));
        assertThat(found.writer()).isEqualTo("ed25519:x");
        assertThat(found.signature()).containsExactly(0, 1);
    }
}
