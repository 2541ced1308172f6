package dev.walvault.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.throwable;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.KeyException;
import dev.walvault.seal.age.AgeKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeysTest {
    private static final AgeKey KEY = AgeKey.generate();
    private static final AgeKey OTHER = AgeKey.generate();

    @TempDir
    private Path directory;

    @Test
    void aGeneratedKeyIsReadBackAndAgeKeygenAgrees() throws Exception {
        Path file = write("identity.txt", KEY.identityFile(Instant.parse("2026-11-20T22:15:30.5Z")));

        assertThat(Files.readAllLines(file))
                .containsExactly("# created: 2026-11-20T22:15:30Z", "# public key: " + KEY.recipient(), KEY.identity());
        assertThat(Identities.read(List.of(file)).recipients()).containsExactly(KEY.recipient());
        assertThat(new String(Tool.run(new byte[0], "age-keygen", "-y", file.toString()), StandardCharsets.UTF_8))
                .isEqualTo(KEY.recipient() + "\n");
    }

    @Test
    void aFileOfAgeKeygenIsRead() throws Exception {
        Path file = directory.resolve("keygen.txt");
        Tool.run(new byte[0], "age-keygen", "-o", file.toString());

        String recipient = Identities.read(List.of(file)).recipients().getFirst();

        assertThat(Files.readString(file)).contains("# public key: " + recipient + "\n");
    }

    @Test
    void severalIdentitiesWithCommentsBlankLinesAndCarriageReturnsAreRead() throws Exception {
        Path file = write("several", "# one\r\n\r\n" + KEY.identity() + "\r\n# two\n" + OTHER.identity());

        assertThat(Identities.read(List.of(file, file)).recipients())
                .containsExactly(KEY.recipient(), OTHER.recipient(), KEY.recipient(), OTHER.recipient());
    }

    @Test
    void noErrorAboutAnIdentityShowsIt() throws Exception {
        String identity = KEY.identity();
        String damaged = identity.substring(0, 40) + (identity.charAt(40) == 'Q' ? 'P' : 'Q') + identity.substring(41);

        for (String line : List.of(
                damaged,
                identity + "Q",
                identity.substring(0, 60),
                identity.toLowerCase(Locale.ROOT),
                "x" + identity)) {
            Path file = write("damaged", "# a comment\n" + line + "\n");
            var refusal = refusal(() -> Identities.read(List.of(file)), ErrorCode.KEY_INVALID);
            assertThat(refusal.getMessage()).contains("line 2").contains(file.toString());
            assertThat(everything(refusal).toUpperCase(Locale.ROOT)).doesNotContain(identity.substring(16, 36));
        }
        for (String text : List.of(identity, identity.toLowerCase(Locale.ROOT), "\"" + identity, damaged)) {
            var refusal = refusal(() -> Recipients.parse(List.of(text)), ErrorCode.KEY_INVALID);
            assertThat(everything(refusal).toUpperCase(Locale.ROOT)).doesNotContain(identity.substring(16, 36));
        }
        assertThat(KEY + " " + Identities.of(List.of(KEY))).doesNotContain("SECRET");
    }

    @Test
    void anAbsentIdentityFileIsAMissingKey() throws Exception {
        Path absent = directory.resolve("absent");

        assertThat(refusal(() -> Identities.read(List.of(absent)), ErrorCode.KEY_MISSING))
                .hasMessage("identity file \"" + absent + "\" does not exist");
    }

    @Test
    void aFileWithoutAnIdentityIsInvalid() throws Exception {
        Path empty = write("empty", "# nothing\n");
        Path publicKey = write("public", KEY.recipient() + "\n");
        Path encrypted = write("encrypted", "-----BEGIN AGE ENCRYPTED FILE-----\n");

        for (Path file : List.of(empty, publicKey, encrypted)) {
            refusal(() -> Identities.read(List.of(file)), ErrorCode.KEY_INVALID);
        }
    }

    @Test
    void identityFilesThatOthersCanReadAreNamed() throws Exception {
        Path open = write("open", "");
        Path closed = write("closed", "");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r-----"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rw-------"));

        assertThat(Identities.worldReadable(List.of(open, closed, directory.resolve("absent"))))
                .containsExactly(open);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "age1",
                "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq",
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN",
                "age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t",
                "pässword"
            })
    void whatIsNoRecipientIsRefusedWithItsBeginning(String text) throws Exception {
        var refusal = refusal(() -> Recipients.parse(List.of(KEY.recipient(), text)), ErrorCode.KEY_INVALID);

        assertThat(refusal.getMessage()).contains(text.substring(0, Math.min(12, text.length())));
        assertThat(refusal.hint()).isPresent();
    }

    @Test
    void aRecipientGivenTwiceCountsOnceAndCaseDoesNotMatter() throws Exception {
        String upper = KEY.recipient().toUpperCase(Locale.ROOT);

        assertThat(Recipients.parse(List.of(KEY.recipient(), upper, " " + OTHER.recipient() + "\n"))
                        .texts())
                .containsExactly(KEY.recipient(), OTHER.recipient());
        assertThat(Recipients.none().isEmpty()).isTrue();
    }

    @Test
    void withoutAnIdentityTheRecipientsAreNamed() throws Exception {
        byte[] stored = Sealed.seal(new byte[10], "zstd", KEY, OTHER);

        var refusal = refusal(() -> Sealed.open(stored), ErrorCode.KEY_MISSING);

        assertThat(refusal.detail().orElseThrow()).contains(KEY.recipient()).contains(OTHER.recipient());
    }

    @Test
    void withTheWrongIdentityBothSidesAreNamed() throws Exception {
        byte[] stored = Sealed.seal(new byte[10], "zstd", KEY);

        var refusal = refusal(() -> Sealed.open(stored, OTHER), ErrorCode.KEY_WRONG);

        assertThat(refusal.getMessage()).isEqualTo("none of the identities opens object \"" + Sealed.NAME + "\"");
        assertThat(refusal.detail().orElseThrow()).contains(KEY.recipient()).contains(OTHER.recipient());
    }

    private Path write(String name, String content) throws Exception {
        return Files.writeString(directory.resolve(name), content);
    }

    private static KeyException refusal(ThrowingCallable call, ErrorCode code) {
        var refusal = new KeyException[1];
        assertThatThrownBy(call)
                .asInstanceOf(throwable(KeyException.class))
                .satisfies(e -> refusal[0] = e)
                .extracting(ArchiverException::code)
                .isEqualTo(code);
        return refusal[0];
    }

    private static String everything(ArchiverException e) {
        return e.getMessage() + e.detail() + e.hint() + e.getCause();
    }
}
