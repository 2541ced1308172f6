package dev.walvault.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.walvault.StoreException;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectKind;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service that wants to see a certificate of whoever asks. */
class S3ClientCertificateTest {
    private static final ObjectKey KEY = ObjectKey.of("a", "b");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private ServerCertificate ours;

    @SuppressWarnings("NullAway.Init")
    private ServerCertificate theirs;

    @SuppressWarnings("NullAway.Init")
    private HttpsServer service;

    @BeforeEach
    void serve() throws Exception {
        ours = ServerCertificate.make(directory.resolve("ours"), "dns:backup-host");
        theirs = ServerCertificate.make(directory.resolve("theirs"), "ip:127.0.0.1");
        service = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        SSLContext context = trusting(ours);
        service.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters wanted = context.getDefaultSSLParameters();
                wanted.setNeedClientAuth(true);
                parameters.setSSLParameters(wanted);
            }
        });
        service.createContext("/", exchange -> {
            try (exchange) {
                Answer answer = Answer.error(404, "NoSuchKey");
                exchange.sendResponseHeaders(answer.status(), answer.bytes().length);
                exchange.getResponseBody().write(answer.bytes());
            }
        });
        service.start();
    }

    @AfterEach
    void stop() {
        service.stop(0);
    }

    @Test
    void theCertificateOfThisHostIsShown() throws Exception {
        try (S3Store store = store(showing(ours))) {
            assertThat(store.open(KEY)).isEmpty();
        }
    }

    @Test
    void withoutOneTheErrorSaysWhatTheServiceWants() throws Exception {
        try (S3Store store = store("")) {
            assertRefused(store);
        }
    }

    @Test
    void aStrangersCertificateIsRefused() throws Exception {
        try (S3Store store = store(showing(theirs))) {
            assertRefused(store);
        }
    }

    /** Whether the service's reason arrives, or only its end of the connection, is a matter of luck in TLS 1.3. */
    private static void assertRefused(S3Store store) {
        assertThatThrownBy(() -> store.open(KEY))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> assertThat(e.hint().orElseThrow())
                                .contains("certificate of this host: check \"client-cert-file\""));
    }

    private S3Store store(String more) throws Exception {
        Path credentials = Files.writeString(directory.resolve("credentials"), """
                [default]
                aws_access_key_id = x
                aws_secret_access_key = y
                """);
        String url = "s3://bucket/x?deadline=2s&endpoint=https://127.0.0.1:"
                + service.getAddress().getPort() + "&ca-file=" + theirs.authority() + "&credentials-file="
                + credentials + more;
        return S3Store.open(S3Urls.place(url), _ -> ObjectKind.WAL, _ -> {});
    }

    /** The options that show a certificate, whose key is written as PEM. */
    private String showing(ServerCertificate certificate) throws Exception {
        var key = keyStore(certificate).getKey("server", ServerCertificate.PASSWORD.toCharArray());
        Path file = Files.writeString(
                directory.resolve("client.key"),
                "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(key.getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        return "&client-cert-file=" + certificate.authority() + "&client-key-file=" + file;
    }

    private SSLContext trusting(ServerCertificate client) throws Exception {
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(keyStore(theirs), ServerCertificate.PASSWORD.toCharArray());
        KeyStore known = KeyStore.getInstance("PKCS12");
        known.load(null, null);
        known.setCertificateEntry("client", keyStore(client).getCertificate("server"));
        var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(known);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
    }

    private static KeyStore keyStore(ServerCertificate certificate) throws Exception {
        return KeyStore.getInstance(certificate.keyStore().toFile(), ServerCertificate.PASSWORD.toCharArray());
    }
}
