package dev.walvault.store.s3;

import static dev.walvault.store.s3.RequestKind.GET_OBJECT;
import static dev.walvault.store.s3.RequestKind.HEAD_OBJECT;
import static dev.walvault.store.s3.RequestKind.LIST;
import static dev.walvault.store.s3.RequestKind.MULTIPART_ABORT;
import static dev.walvault.store.s3.RequestKind.MULTIPART_COMPLETE;
import static dev.walvault.store.s3.RequestKind.MULTIPART_CREATE;
import static dev.walvault.store.s3.RequestKind.MULTIPART_LIST;
import static dev.walvault.store.s3.RequestKind.MULTIPART_PART;
import static dev.walvault.store.s3.RequestKind.PUT_OBJECT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.store.s3.Misbehaviour.Break;
import dev.walvault.store.s3.Misbehaviour.Delay;
import dev.walvault.store.s3.Misbehaviour.End;
import dev.walvault.store.s3.Misbehaviour.Flip;
import dev.walvault.store.s3.Misbehaviour.LoseAnswer;
import dev.walvault.store.s3.Misbehaviour.Refuse;
import dev.walvault.store.s3.Misbehaviour.Say;
import dev.walvault.store.s3.Misbehaviour.SayAfter;
import dev.walvault.store.s3.Misbehaviour.Slow;
import dev.walvault.store.s3.Misbehaviour.Truncate;
import dev.walvault.store.s3.Misbehaviour.Way;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** The proxy as a client sees it that never tries again. */
class FaultProxyTest {
    private static final byte[] BYTES = bytes(3_000_000);

    private S3Bucket bucket;
    private FaultProxy proxy;
    private S3Client client;

    @BeforeEach
    void open() throws Exception {
        bucket = S3Server.shared().createBucket();
        proxy = FaultProxy.inFrontOf(bucket.server().endpoint());
        client = S3Client.builder()
                .endpointOverride(proxy.endpoint())
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .serviceConfiguration(service -> service.chunkedEncodingEnabled(false))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(S3Server.IDENTITY, S3Server.SECRET)))
                .overrideConfiguration(own -> own.retryStrategy(retry -> retry.maxAttempts(1)))
                .httpClientBuilder(Apache5HttpClient.builder().socketTimeout(Duration.ofSeconds(1)))
                .build();
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        proxy.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 70_000, 3_000_000})
    void whatIsNotSpoiltPassesBothWaysAndIsCounted(int length) {
        byte[] bytes = bytes(length);

        put("a b/ü+%", bytes);

        assertThat(get("a b/ü+%")).isEqualTo(bytes);
        assertThat(bucket.bytes("a b/ü+%")).isEqualTo(bytes);
        assertThat(proxy.counts().requests()).isEqualTo(Map.of(PUT_OBJECT, 1, GET_OBJECT, 1));
        assertThat(proxy.counts().bytesUp()).isEqualTo(length);
        assertThat(proxy.counts().bytesDown()).isEqualTo(length);
    }

    @Test
    void everyKindOfRequestIsCountedAsWhatItIs() {
        String name = bucket.name();
        put("a", BYTES);
        client.headObject(request -> request.bucket(name).key("a"));
        client.listObjectsV2(request -> request.bucket(name).prefix("x/"));
        client.deleteObject(request -> request.bucket(name).key("a"));
        String id = client.createMultipartUpload(request -> request.bucket(name).key("m"))
                .uploadId();
        var part = client.uploadPart(
                request -> request.bucket(name).key("m").uploadId(id).partNumber(1), RequestBody.fromBytes(BYTES));
        client.listMultipartUploads(request -> request.bucket(name));
        client.completeMultipartUpload(request -> request.bucket(name)
                .key("m")
                .uploadId(id)
                .multipartUpload(all -> all.parts(
                        CompletedPart.builder().partNumber(1).eTag(part.eTag()).build())));
        String other = client.createMultipartUpload(
                        request -> request.bucket(name).key("n"))
                .uploadId();
        client.abortMultipartUpload(request -> request.bucket(name).key("n").uploadId(other));

        assertThat(proxy.counts().requests())
                .isEqualTo(Map.of(
                        PUT_OBJECT,
                        1,
                        HEAD_OBJECT,
                        1,
                        LIST,
                        1,
                        RequestKind.DELETE_OBJECT,
                        1,
                        MULTIPART_CREATE,
                        2,
                        MULTIPART_PART,
                        1,
                        MULTIPART_LIST,
                        1,
                        MULTIPART_COMPLETE,
                        1,
                        MULTIPART_ABORT,
                        1));
        assertThat(bucket.bytes("m")).isEqualTo(BYTES);
    }

    @Test
    void aRuleFiresForItsRequestsOnly() {
        Rule rule = proxy.add(Rule.on(PUT_OBJECT).after(1).times(2).then(new Say(Answer.slowDown())));

        put("1", BYTES);
        assertThatThrownBy(() -> put("2", BYTES)).hasMessageContaining("SlowDown");
        assertThatThrownBy(() -> client.getObject(
                        request -> request.bucket(bucket.name()).key("2")))
                .isInstanceOf(NoSuchKeyException.class);
        assertThatThrownBy(() -> put("2", BYTES)).hasMessageContaining("SlowDown");
        put("3", BYTES);

        assertThat(rule.fired()).isEqualTo(2);
        assertThat(bucket.keys()).containsExactly("1", "3");
    }

    @Test
    void aShareOfTheRequestsIsDrawn() {
        Rule rule = proxy.add(
                Rule.on(HEAD_OBJECT).withProbability(0.5, new Random(1)).then(new Say(Answer.internalError())));
        put("a", new byte[1]);
        for (int i = 0; i < 40; i++) {
            try {
                client.headObject(request -> request.bucket(bucket.name()).key("a"));
            } catch (S3Exception e) {
                assertThat(e.statusCode()).isEqualTo(500);
            }
        }

        assertThat(rule.fired()).isBetween(5, 35);
        proxy.behave();
        client.headObject(request -> request.bucket(bucket.name()).key("a"));
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void aRefusedRequestReachesNoServer(End end) {
        proxy.add(Rule.on(PUT_OBJECT).then(new Refuse(end)));

        assertThatThrownBy(() -> put("a", BYTES)).isInstanceOf(SdkClientException.class);
        assertThat(bucket.keys()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void aRequestBrokenInItsBodyLeavesNothing(End end) {
        proxy.add(Rule.on(PUT_OBJECT).then(new Break(Way.REQUEST, 1_000_000, end)));

        assertThatThrownBy(() -> put("a", BYTES)).isInstanceOf(SdkClientException.class);
        assertThat(proxy.counts().bytesUp()).isEqualTo(1_000_000);
        // this server lists its half-written files, under names of their own
        assertThat(bucket.keys()).doesNotContain("a");
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void anAnswerMayBeLostAfterTheBytesLanded(End end) {
        proxy.add(Rule.on(PUT_OBJECT).then(new LoseAnswer(end)));

        assertThatThrownBy(() -> put("a", BYTES)).isInstanceOf(SdkClientException.class);
        assertThat(bucket.bytes("a")).isEqualTo(BYTES);
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void aResponseMayBreakInItsBody(End end) {
        bucket.put("a", BYTES);
        proxy.add(Rule.on(GET_OBJECT).then(new Break(Way.RESPONSE, 1_000_000, end)));

        assertThatThrownBy(() -> get("a")).isInstanceOf(SdkClientException.class);
        assertThat(proxy.counts().bytesDown()).isEqualTo(1_000_000);
    }

    @Test
    void anErrorMayBeToldOfWhatSucceeded() {
        proxy.add(Rule.on(PUT_OBJECT).then(new SayAfter(Answer.internalError())));

        assertThatThrownBy(() -> put("a", BYTES)).hasMessageContaining("InternalError");
        assertThat(bucket.bytes("a")).isEqualTo(BYTES);
    }

    @Test
    void aByteMayBeFlippedOnTheWayUp() {
        proxy.add(Rule.on(PUT_OBJECT).then(new Flip(Way.REQUEST, 2_000_000)));

        // over plain HTTP the signature covers the body
        assertThatThrownBy(() -> put("a", BYTES)).isInstanceOf(S3Exception.class);
    }

    @Test
    void aByteMayBeFlippedOnTheWayDown() {
        bucket.put("a", BYTES);
        proxy.add(Rule.on(GET_OBJECT).then(new Flip(Way.RESPONSE, 2_000_000)));

        byte[] received = get("a");

        assertThat(received[2_000_000]).isEqualTo((byte) (BYTES[2_000_000] ^ 1));
        received[2_000_000] ^= 1;
        assertThat(received).isEqualTo(BYTES);
    }

    @Test
    void aTruncatedResponseLooksWholeToHttp() {
        bucket.put("a", BYTES);
        proxy.add(Rule.on(GET_OBJECT).then(new Truncate(1_000)));

        assertThat(get("a")).hasSize(1_000);
    }

    @Test
    void bodiesPassAtTheRateThatIsSaid() {
        byte[] bytes = bytes(50_000);
        proxy.add(Rule.on(PUT_OBJECT).then(new Slow(Way.REQUEST, 100_000)));
        proxy.add(Rule.on(HEAD_OBJECT).then(new Delay(Duration.ofMillis(300))));
        long begin = System.nanoTime();

        put("a", bytes);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(400));
        client.headObject(request -> request.bucket(bucket.name()).key("a"));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(700));
        assertThat(bucket.bytes("a")).isEqualTo(bytes);
    }

    @Test
    void theStoreGoesAwayAndComesBack() throws Exception {
        put("a", BYTES);
        proxy.away();

        assertThatThrownBy(() -> get("a")).isInstanceOf(SdkClientException.class);
        proxy.back();

        assertThat(get("a")).isEqualTo(BYTES);
    }

    @Test
    void aWrongClockIsCorrectedByAClientThatListens() {
        proxy.add(new WrongClock(Duration.ofHours(2)));

        assertThatThrownBy(() -> put("a", BYTES)).hasMessageContaining("RequestTimeTooSkewed");
        // the SDK has learnt the time from the refusal
        put("a", BYTES);

        assertThat(bucket.bytes("a")).isEqualTo(BYTES);
    }

    private void put(String key, byte[] bytes) {
        client.putObject(request -> request.bucket(bucket.name()).key(key), RequestBody.fromBytes(bytes));
    }

    private byte[] get(String key) {
        return client.getObjectAsBytes(request -> request.bucket(bucket.name()).key(key))
                .asByteArray();
    }

    private static byte[] bytes(int length) {
        var bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
