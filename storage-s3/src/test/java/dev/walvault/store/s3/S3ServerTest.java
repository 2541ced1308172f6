package dev.walvault.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.S3Exception;

class S3ServerTest {
    private static final byte[] BYTES = {1, 2, 3};

    @Test
    void aBucketIsFreshAndKeepsWhatIsPutIntoIt() throws Exception {
        S3Bucket bucket = S3Server.shared().createBucket();
        assertThat(bucket.keys()).isEmpty();

        bucket.put("a/b", BYTES);

        assertThat(bucket.keys()).containsExactly("a/b");
        assertThat(bucket.bytes("a/b")).isEqualTo(BYTES);
        assertThat(S3Server.shared().createBucket().keys()).isEmpty();
    }

    @Test
    void aWrongSecretIsRefused() throws Exception {
        S3Bucket bucket = S3Server.shared().createBucket();
        var wrong = StaticCredentialsProvider.create(AwsBasicCredentials.create(S3Server.IDENTITY, "wrong"));

        assertThatThrownBy(() -> bucket.server()
                        .client()
                        .putObject(
                                request -> request.bucket(bucket.name())
                                        .key("a")
                                        .overrideConfiguration(own -> own.credentialsProvider(wrong)),
                                RequestBody.fromBytes(BYTES)))
                .isInstanceOf(S3Exception.class)
                .hasMessageContaining("signature");
    }

    @Test
    void itGoesAwayAndReturnsWithItsData() throws Exception {
        try (S3Server server = S3Server.launch()) {
            S3Bucket bucket = server.createBucket();
            bucket.put("a/b", BYTES);

            server.kill();
            assertThatThrownBy(bucket::keys).isInstanceOf(SdkClientException.class);
            server.start();

            assertThat(bucket.bytes("a/b")).isEqualTo(BYTES);
        }
    }

    @Test
    void itsCertificateIsGoodForLoopbackToClientsThatTrustIt() throws Exception {
        S3Server server = S3Server.shared();
        int port = server.secureEndpoint().getPort();
        try (HttpClient trusting =
                        HttpClient.newBuilder().sslContext(trustingOnly(server)).build();
                HttpClient other = HttpClient.newHttpClient()) {
            for (String host : new String[] {"127.0.0.1", "localhost"}) {
                var request = HttpRequest.newBuilder(URI.create("https://" + host + ":" + port + "/"))
                        .build();
                // signed by nobody, but understood
                assertThat(trusting.send(request, BodyHandlers.discarding()).statusCode())
                        .isEqualTo(403);
                assertThatThrownBy(() -> other.send(request, BodyHandlers.discarding()))
                        .isInstanceOf(SSLHandshakeException.class);
            }
        }
    }

    private static SSLContext trustingOnly(S3Server server) throws Exception {
        var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream pem = Files.newInputStream(server.authority())) {
            trusted.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        var context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }
}
