package dev.walvault.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.LockException;
import dev.walvault.StoreException;
import dev.walvault.observe.FakeTime;
import dev.walvault.observe.Heard;
import dev.walvault.observe.Retrying;
import dev.walvault.store.http.Pacer;
import dev.walvault.store.http.Retries;
import dev.walvault.store.http.Timing;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import javax.xml.stream.XMLStreamException;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

class S3RetryTest {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final FakeTime time = new FakeTime(Instant.EPOCH);
    private final Heard heard = new Heard();
    private final AtomicInteger rereads = new AtomicInteger();
    private final Pacer pacer = new Pacer(4, timing());
    private final S3Service service =
            new S3Service(new S3Place("bucket", "x", S3Options.none()), "the environment", Optional::empty);
    private final S3Retry retry = new S3Retry(
            NoClient::new,
            new S3Errors(service),
            new Retries(pacer, rereads::incrementAndGet, service::clockWarning, heard, timing(), DEADLINE));

    private Timing timing() {
        return new Timing(time, time, new Random(1));
    }

    @Test
    void aBrokenConnectionIsTriedAgainUntilTheDeadline() {
        var reset = SdkClientException.create("no answer", new IOException("connection reset"));

        assertThatThrownBy(() -> retry.call("could not test", failing(reset, 1_000)))
                .isInstanceOf(StoreException.class)
                .hasMessage("could not test: the connection broke");

        assertThat(Duration.between(Instant.EPOCH, time.instant())).isBetween(Duration.ofSeconds(50), DEADLINE);
        assertThat(time.pauses()).allMatch(pause -> pause.compareTo(Retries.LONGEST_PAUSE) <= 0);
        assertThat(heard.of(Retrying.class)).hasSameSizeAs(time.pauses());
    }

    @Test
    void anAnswerThatCannotBeReadIsNotCalledABrokenConnection() {
        var garbled = SdkClientException.create("no answer", new XMLStreamException("expected\n  an element"));

        assertThatThrownBy(() -> retry.call("could not test", failing(garbled, 1_000)))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> assertThat(e.detail().orElseThrow()).startsWith("expected an element; "))
                .hasMessage("could not test: the answer makes no sense");

        assertThat(time.pauses()).isNotEmpty();
    }

    @Test
    void aFailureThatPassesIsNoError() throws Exception {
        assertThat(retry.call("could not test", failing(answer(500, "InternalError"), 3)))
                .isEqualTo("done");

        assertThat(time.pauses()).hasSize(3);
    }

    @Test
    void whatIsRefusedIsNotTriedAgain() {
        assertThatThrownBy(() -> retry.call("could not test", failing(answer(403, "AccessDenied"), 1)))
                .isInstanceOf(StoreException.class);

        assertThat(time.pauses()).isEmpty();
    }

    @Test
    void staleCredentialsAreReadAgainOnce() {
        assertThatThrownBy(() -> retry.call("could not test", failing(answer(400, "ExpiredToken"), 10)))
                .isInstanceOf(StoreException.class);

        assertThat(rereads).hasValue(1);
    }

    @Test
    void theServicesOwnPauseIsKept() throws Exception {
        var slow = answer(503, "SlowDown", "7");

        retry.call("could not test", failing(slow, 1));

        assertThat(Duration.between(Instant.EPOCH, time.instant())).isEqualTo(Duration.ofSeconds(7));
        assertThat(pacer.allowed()).isLessThan(4);
    }

    @Test
    void aThreadThatIsInterruptedStopsAtOnce() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> retry.call("could not test", client -> "never"))
                .isInstanceOf(LockException.class)
                .hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    private static S3Retry.Request<String> failing(SdkException failure, int times) {
        var left = new AtomicInteger(times);
        return client -> {
            if (left.getAndDecrement() > 0) {
                throw failure;
            }
            return "done";
        };
    }

    private static SdkException answer(int status, String code) {
        return answer(status, code, "");
    }

    private static SdkException answer(int status, String code, String retryAfter) {
        var response = SdkHttpResponse.builder().statusCode(status);
        if (!retryAfter.isEmpty()) {
            response.putHeader("Retry-After", retryAfter);
        }
        return S3Exception.builder()
                .statusCode(status)
                .awsErrorDetails(AwsErrorDetails.builder()
                        .errorCode(code)
                        .sdkHttpResponse(response.build())
                        .build())
                .build();
    }

    private static final class NoClient implements S3Client {
        @Override
        public String serviceName() {
            return "none";
        }

        @Override
        public void close() {}
    }
}
