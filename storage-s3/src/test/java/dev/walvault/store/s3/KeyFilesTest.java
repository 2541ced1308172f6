package dev.walvault.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.store.ObjectKind;
import dev.walvault.store.http.Tls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files that the options of a URL name, as they are read before anything is sent. */
class KeyFilesTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void aCustomerKeyIsBytesOrBase64AndNeverPrinted() throws Exception {
        byte[] key = new byte[32];
        key[0] = 42;
        Path raw = Files.write(directory.resolve("raw"), key);
        Path text =
                Files.writeString(directory.resolve("text"), Base64.getEncoder().encodeToString(key) + "\n");

        assertThat(CustomerKey.read(raw)).isEqualTo(CustomerKey.read(text));
        assertThat(CustomerKey.read(raw).toString()).isEqualTo("***");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "short", "AAAA", "not base64 at all, but quite long indeed"})
    void whatIsNoCustomerKeyIsRefused(String content) throws Exception {
        Path file = Files.writeString(directory.resolve("key"), content);

        assertRefused("sse=c&sse-c-key-file=" + file, ErrorCode.KEY_INVALID, "holds no key");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sse=c&sse-c-key-file=DIR/none | KEY_MISSING | does not exist",
                "ca-file=DIR/none | CONFIGURATION | of option \"ca-file\" does not exist",
                "ca-file=DIR | CONFIGURATION | could not read",
                "ca-file=DIR/text | CONFIGURATION | holds no certificate",
                "client-cert-file=DIR/text&client-key-file=DIR/text | CONFIGURATION | of option \"client-cert-file\" holds no"
            })
    void aFileThatIsNotThereOrNotWhatItShouldBeIsNamed(String options, ErrorCode code, String words) throws Exception {
        Files.writeString(directory.resolve("text"), "nothing of use");

        assertRefused(options.replace("DIR", directory.toString()), code, words);
    }

    @Test
    void aClientCertificateIsTakenWithItsKey() throws Exception {
        ServerCertificate certificate = ServerCertificate.make(directory.resolve("tls"), "dns:client");
        var pair = KeyPairGenerator.getInstance("EC").generateKeyPair();
        Path key = Files.writeString(directory.resolve("key.pem"), """
                -----BEGIN PRIVATE KEY-----
                %s
                -----END PRIVATE KEY-----
                """.formatted(
                        Base64.getMimeEncoder().encodeToString(pair.getPrivate().getEncoded())));

        S3Options options = S3Urls.place("s3://bucket/x?client-cert-file=" + certificate.authority()
                        + "&client-key-file=" + key + "&ca-file=" + certificate.authority())
                .options();

        Tls tls = options.tls();
        assertThat(tls.identity().orElseThrow().key()).isEqualTo(pair.getPrivate());
        assertThat(tls.keyManagers()).isNotEmpty();
        assertThat(tls.authorities()).hasSize(1);
    }

    private static void assertRefused(String options, ErrorCode code, String words) {
        var location = S3Urls.place("s3://bucket/x?region=eu-1&" + options);

        assertThatThrownBy(() -> S3Store.open(location, key -> ObjectKind.WAL, event -> {}))
                .isInstanceOfSatisfying(ArchiverException.class, e -> {
                    assertThat(e.code()).isEqualTo(code);
                    assertThat(e).hasMessageContaining(words);
                });
    }
}
