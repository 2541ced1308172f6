package dev.walvault.store.s3;

import static dev.walvault.store.s3.RequestKind.GET_OBJECT;
import static dev.walvault.store.s3.RequestKind.PUT_OBJECT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.s3.Misbehaviour.Say;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A vault's URL that leads to the wrong service, or the right one the wrong way, says how to write it instead. */
class S3WrongPlaceTest extends S3DriverTest {

    @ParameterizedTest
    @ValueSource(ints = {301, 307})
    void aBucketThatIsElsewhereIsNamedAndNotFollowed(int status) throws Exception {
        ObjectStore store = store("deadline=1s");
        try (FaultProxy elsewhere = FaultProxy.inFrontOf(bucket.server().endpoint())) {
            var answer =
                    Answer.redirect(status, "eu-central-1", elsewhere.endpoint() + "/" + bucket.name() + "/" + NAME);
            proxy.add(Rule.on(_ -> true).then(new Say(answer)));

            assertEveryCallFails(store, ErrorCode.CONFIGURATION, "region=eu-central-1");
            assertThat(elsewhere.counts().total()).isZero();
        }
    }

    @Test
    void aRedirectIsNotTriedAgain() throws Exception {
        proxy.add(Rule.on(_ -> true).then(new Say(Answer.redirect(301, "eu-central-1", "http://127.0.0.1:1/"))));
        ObjectStore store = store();

        assertFails(() -> create(store), ErrorCode.CONFIGURATION);
        assertFails(() -> store.open(KEY), ErrorCode.CONFIGURATION);

        assertThat(proxy.counts().requests()).isEqualTo(Map.of(PUT_OBJECT, 1, GET_OBJECT, 1));
    }

    @Test
    void aCertificateThatNobodyVouchesForIsRefused() throws Exception {
        ObjectStore store = storeAt(bucket.locationAt(bucket.server().secureEndpoint(), "pg", "deadline=1s"));

        assertFails(() -> create(store), ErrorCode.STORE_UNREACHABLE, "TLS", "ca-file");
    }

    @Test
    void aCertificateForAnotherNameIsRefused() throws Exception {
        try (S3Server other = S3Server.launch("dns:elsewhere.example")) {
            ObjectStore store = storeAt(new S3Bucket(other, "bucket").secureLocation("pg", "deadline=1s"));

            assertFails(
                    () -> create(store),
                    ErrorCode.STORE_UNREACHABLE,
                    "TLS",
                    "127.0.0.1",
                    "the name that the certificate has");
        }
    }

    @Test
    void theRightAuthorityIsTrusted() throws Exception {
        assertThat(create(storeAt(bucket.secureLocation("pg")))).isEqualTo(CreateOutcome.CREATED);
    }

    @Test
    void tlsToAPortWithoutItIsExplained() throws Exception {
        int port = bucket.server().endpoint().getPort();
        ObjectStore store = storeAt(bucket.locationAt(URI.create("https://127.0.0.1:" + port), "pg", "deadline=1s"));

        assertFails(() -> create(store), ErrorCode.STORE_UNREACHABLE, "TLS", "use http");
    }

    @Test
    void aHostThatDoesNotExistIsNamed() throws Exception {
        ObjectStore store =
                storeAt(bucket.locationAt(URI.create("http://no-such-host.invalid:9000"), "pg", "deadline=1s"));

        assertFails(() -> create(store), ErrorCode.STORE_UNREACHABLE, "no-such-host.invalid", "endpoint");
    }
}
