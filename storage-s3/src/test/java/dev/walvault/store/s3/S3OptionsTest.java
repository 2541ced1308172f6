package dev.walvault.store.s3;

import static dev.walvault.store.s3.RequestKind.DELETE_OBJECT;
import static dev.walvault.store.s3.RequestKind.DELETE_OBJECTS;
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

import dev.walvault.ErrorCode;
import dev.walvault.store.Content;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.Upload;
import dev.walvault.store.http.Checksums;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the options of a vault's URL make of the requests, in front of a service that accepts all of it. */
class S3OptionsTest extends S3DriverTest {
    private static final ObjectKey PACK = ObjectKey.of("backups", "b", "pack-1");
    private static final ObjectKey DOCUMENT = ObjectKey.of("identity.json");
    private static final String ENCRYPTION = "x-amz-server-side-encryption";
    private static final String CUSTOMER = ENCRYPTION + "-customer-";
    private static final String STORAGE_CLASS = "x-amz-storage-class";
    private static final String LOCK = "x-amz-object-lock-";
    private static final String CRC32C = "x-amz-checksum-crc32c";

    private final WillingService service = new WillingService();

    @TempDir
    private Path scratch;

    @BeforeEach
    void answer() {
        proxy.add(service);
    }

    @Test
    void withoutOptionsNothingIsSaidAboutHowAnObjectIsKept() throws Exception {
        useEverything(store());

        assertThat(service.asked()).noneMatch(request -> request.hasHeaderLike(ENCRYPTION));
        assertThat(service.asked()).noneMatch(request -> request.hasHeaderLike(STORAGE_CLASS));
        assertThat(service.asked()).noneMatch(request -> request.hasHeaderLike(LOCK));
        assertThat(service.asked()).noneMatch(request -> request.hasHeaderLike("x-amz-request-payer"));
    }

    @Test
    void encryptionByTheStoreIsAskedForWhereAnObjectBegins() throws Exception {
        useEverything(store("sse=s3"));

        assertThat(headers(ENCRYPTION, PUT_OBJECT, MULTIPART_CREATE)).containsOnly("AES256");
        assertNobodyElseSays(ENCRYPTION, PUT_OBJECT, MULTIPART_CREATE);
    }

    @Test
    void encryptionByAKeyServiceNamesItsKey() throws Exception {
        useEverything(store("sse=kms", "sse-kms-key-id=alias/walvault"));

        assertThat(headers(ENCRYPTION, PUT_OBJECT, MULTIPART_CREATE)).containsOnly("aws:kms");
        assertThat(headers(ENCRYPTION + "-aws-kms-key-id", PUT_OBJECT, MULTIPART_CREATE))
                .containsOnly("alias/walvault");
        assertNobodyElseSays(ENCRYPTION, PUT_OBJECT, MULTIPART_CREATE);
    }

    @Test
    void encryptionByTheAccountsOwnKeyNamesNone() throws Exception {
        useEverything(store("sse=kms"));

        assertThat(headers(ENCRYPTION, PUT_OBJECT, MULTIPART_CREATE)).containsOnly("aws:kms");
        assertThat(service.asked()).noneMatch(request -> request.hasHeaderLike(ENCRYPTION + "-aws-kms-key-id"));
    }

    @Test
    void ourKeyGoesWithEveryRequestForBytes() throws Exception {
        byte[] key = randomBytes(32);
        Path file = Files.write(scratch.resolve("key"), key);

        useEverything(store("sse=c", S3Bucket.option("sse-c-key-file", file)));

        RequestKind[] forBytes = {
            PUT_OBJECT, MULTIPART_CREATE, MULTIPART_PART, MULTIPART_COMPLETE, GET_OBJECT, HEAD_OBJECT
        };
        assertThat(headers(CUSTOMER + "algorithm", forBytes)).containsOnly("AES256");
        assertThat(headers(CUSTOMER + "key", forBytes))
                .containsOnly(Base64.getEncoder().encodeToString(key));
        assertThat(headers(CUSTOMER + "key-MD5", forBytes))
                .containsOnly(Base64.getEncoder()
                        .encodeToString(MessageDigest.getInstance("MD5").digest(key)));
        assertNobodyElseSays(ENCRYPTION, forBytes);
    }

    @Test
    void eachKindHasItsStorageClass() throws Exception {
        ObjectStore store = store("storage-class-wal=STANDARD_IA", "storage-class-backup=GLACIER_IR");

        createOfEachKind(store);

        assertThat(header(STORAGE_CLASS, KEY)).contains("STANDARD_IA");
        assertThat(header(STORAGE_CLASS, PACK)).contains("GLACIER_IR");
        assertThat(header(STORAGE_CLASS, DOCUMENT)).isEmpty();
    }

    @Test
    void anObjectInPartsHasTheStorageClassOfItsKind() throws Exception {
        ObjectStore store = store("storage-class-wal=STANDARD_IA", "storage-class-backup=GLACIER_IR");

        upload(store, PACK);

        assertThat(headers(STORAGE_CLASS, MULTIPART_CREATE)).containsExactly("GLACIER_IR");
        assertNobodyElseSays(STORAGE_CLASS, MULTIPART_CREATE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"governance", "compliance"})
    void eachKindIsLockedForItsDaysAndDocumentsForTheLongerOfThem(String mode) throws Exception {
        Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);

        createOfEachKind(store("lock-mode=" + mode, "lock-days-wal=3", "lock-days-backup=30"));

        for (ObjectKey key : List.of(KEY, PACK, DOCUMENT)) {
            assertThat(header(LOCK + "mode", key).orElseThrow()).isEqualToIgnoringCase(mode);
        }
        assertThat(lockedUntil(KEY))
                .isBetween(before.plus(days(3)), Instant.now().plus(days(3)));
        assertThat(lockedUntil(PACK))
                .isBetween(before.plus(days(30)), Instant.now().plus(days(30)));
        assertThat(lockedUntil(DOCUMENT))
                .isBetween(before.plus(days(30)), Instant.now().plus(days(30)));
    }

    @Test
    void aKindWithoutDaysIsNotLocked() throws Exception {
        createOfEachKind(store("lock-mode=governance", "lock-days-wal=3"));

        assertThat(header(LOCK + "mode", KEY)).isPresent();
        assertThat(header(LOCK + "mode", DOCUMENT)).isPresent();
        assertThat(header(LOCK + "mode", PACK)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"crc32c, x-amz-checksum-crc32c", "md5, Content-MD5"})
    void whatIsLockedHasAChecksumOnEveryRequestThatBringsBytes(String checksum, String header) throws Exception {
        useEverything(store("lock-mode=governance", "lock-days-wal=3", "lock-days-backup=3", "checksum=" + checksum));

        assertThat(headers(LOCK + "mode", PUT_OBJECT, MULTIPART_CREATE)).containsOnly("GOVERNANCE");
        assertNobodyElseSays(LOCK, PUT_OBJECT, MULTIPART_CREATE);
        assertThat(headers(header, PUT_OBJECT, MULTIPART_PART)).allMatch(value -> !value.isEmpty());
    }

    @Test
    void aChecksumIsThatOfTheBytes() throws Exception {
        create(store());
        create(store("checksum=md5"));
        create(store("checksum=none"));

        List<S3Request> puts = service.asked().stream().filter(PUT_OBJECT).toList();
        String crc = Checksums.crc32c(BYTES, 0, BYTES.length);
        assertThat(puts)
                .extracting(put -> put.header(CRC32C))
                .containsExactly(Optional.of(crc), Optional.empty(), Optional.empty());
        assertThat(puts)
                .extracting(put -> put.header("Content-MD5"))
                .containsExactly(
                        Optional.empty(), Optional.of(Checksums.md5(BYTES, 0, BYTES.length)), Optional.empty());
        assertThat(puts)
                .allMatch(put -> put.header("x-amz-meta-walvault-crc32c").equals(Optional.of(crc)));
    }

    @Test
    void bytesAreSentAsTheyAre() throws Exception {
        useEverything(store());

        assertThat(headers("Content-Length", PUT_OBJECT)).containsExactly(String.valueOf(BYTES.length));
        assertThat(headers("Content-Length", MULTIPART_PART)).containsOnly(String.valueOf(PART), "1");
        assertThat(service.asked()).noneMatch(request -> request.hasHeaderLike("Transfer-Encoding"));
        assertThat(service.asked()).noneMatch(request -> request.hasHeaderLike("Content-Encoding"));
        assertThat(service.asked()).noneMatch(request -> request.hasHeaderLike("x-amz-trailer"));
    }

    @Test
    void anObjectIsPublishedOnlyIfThereIsNone() throws Exception {
        useEverything(store());

        assertThat(headers("If-None-Match", PUT_OBJECT, MULTIPART_COMPLETE)).containsOnly("*");
    }

    @Test
    void aServiceWithoutConditionsIsAskedBefore() throws Exception {
        proxy.behave();
        proxy.add((Gate) request -> HEAD_OBJECT.or(GET_OBJECT).test(request)
                ? Optional.of(Answer.error(404, "NoSuchKey"))
                : Optional.empty());
        proxy.add(service);
        ObjectStore store = store("conditional-writes=no");

        create(store);
        upload(store, PACK);

        assertThat(headers("If-None-Match", PUT_OBJECT, MULTIPART_COMPLETE)).containsOnly("");
        assertThat(proxy.counts().of(HEAD_OBJECT)).isEqualTo(2);
    }

    @Test
    void whoAsksPaysForRequestsOfEveryKind() throws Exception {
        useEverything(store("requester-pays=yes"));

        assertThat(service.asked())
                .extracting(S3Request::kind)
                .contains(
                        PUT_OBJECT,
                        GET_OBJECT,
                        HEAD_OBJECT,
                        DELETE_OBJECT,
                        DELETE_OBJECTS,
                        LIST,
                        MULTIPART_CREATE,
                        MULTIPART_PART,
                        MULTIPART_COMPLETE,
                        MULTIPART_ABORT,
                        MULTIPART_LIST);
        assertThat(service.asked())
                .allMatch(request -> request.header("x-amz-request-payer").equals(Optional.of("requester")));
    }

    @Test
    void requestsAreSignedForTheRegion() throws Exception {
        create(store("region=eu-central-1"));

        assertThat(service.asked().getFirst().header("Authorization").orElseThrow())
                .contains("/eu-central-1/s3/aws4_request");
    }

    @ParameterizedTest
    @CsvSource({"yes, s3.walvault.invalid", "no, bucket.s3.walvault.invalid"})
    void theBucketStandsInThePathOrInTheHostName(String pathStyle, String host) throws Exception {
        var place = new S3Bucket(bucket.server(), "bucket");
        ObjectStore store = storeAt(place.locationAt(
                URI.create("http://s3.walvault.invalid"), "pg", "deadline=1ms", "path-style=" + pathStyle));

        assertFails(() -> create(store), ErrorCode.STORE_UNREACHABLE, "host name \"" + host + "\"");
    }

    private static Duration days(int count) {
        return Duration.ofDays(count);
    }

    /** Sends at least one request of every kind that the driver knows. */
    private static void useEverything(ObjectStore store) throws Exception {
        for (ThrowingCallable each : everyCall(store).values()) {
            try {
                each.call();
            } catch (Exception e) {
                throw e;
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }
        try (Upload upload = store.beginUpload(PACK)) {
            upload.body().write(new byte[PART + 1]);
        }
    }

    private static void upload(ObjectStore store, ObjectKey key) throws IOException {
        try (Upload upload = store.beginUpload(key)) {
            upload.body().write(new byte[PART + 1]);
            upload.commit();
        }
    }

    private static void createOfEachKind(ObjectStore store) throws IOException {
        for (ObjectKey key : List.of(KEY, PACK, DOCUMENT)) {
            store.createIfAbsent(key, Content.of(key.value().getBytes(StandardCharsets.UTF_8)));
        }
    }

    /** The values of a header on all requests of these kinds; empty text where it is missing. */
    private List<String> headers(String name, RequestKind... kinds) {
        return Stream.of(kinds)
                .flatMap(kind -> {
                    List<S3Request> ofKind =
                            service.asked().stream().filter(kind).toList();
                    assertThat(ofKind).as("requests of kind " + kind).isNotEmpty();
                    return ofKind.stream();
                })
                .map(request -> request.header(name).orElse(""))
                .toList();
    }

    private void assertNobodyElseSays(String prefix, RequestKind... kinds) {
        assertThat(service.asked())
                .filteredOn(request -> !List.of(kinds).contains(request.kind()))
                .isNotEmpty()
                .noneMatch(request -> request.hasHeaderLike(prefix));
    }

    private Optional<String> header(String name, ObjectKey key) {
        return service.asked().stream()
                .filter(PUT_OBJECT)
                .filter(request -> request.key().endsWith(key.value()))
                .findFirst()
                .orElseThrow()
                .header(name);
    }

    private Instant lockedUntil(ObjectKey key) {
        return Instant.parse(header(LOCK + "retain-until-date", key).orElseThrow());
    }
}
