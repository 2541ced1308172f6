package dev.walvault.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Retry;
import dev.walvault.StoreException;
import dev.walvault.observe.Heard;
import dev.walvault.store.Content;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the driver makes of single answers; there is no server behind the proxy that gives them. */
class S3AnswersTest {
    private static final ObjectKey KEY = ObjectKey.of("a", "b");
    private static final String WRITE_ID = "x-amz-meta-walvault-write-id";
    private static final String LAST_MODIFIED = "Last-Modified: Sat, 21 Nov 2026 03:00:00 GMT";
    private static final Answer NOTHING_THERE = Answer.error(404, "NoSuchKey");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private final Heard heard = new Heard();
    private final List<S3Request> asked = new CopyOnWriteArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private FaultProxy service;

    @BeforeEach
    void open() throws IOException {
        service = FaultProxy.inFrontOf(URI.create("http://127.0.0.1:1"));
    }

    @AfterEach
    void close() throws IOException {
        service.close();
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(Answer.accessDenied(), ErrorCode.STORE_DENIED, Retry.NO, "s3:ListBucket"),
                Arguments.of(Answer.noSuchBucket(), ErrorCode.STORE_UNREACHABLE, Retry.NO, "Create bucket \"bucket\""),
                Arguments.of(Answer.captivePortal(404), ErrorCode.STORE_UNREACHABLE, Retry.UNKNOWN, "proxy"),
                Arguments.of(
                        Answer.redirect(301, "eu-west-3", "https://bucket.s3.eu-west-3.amazonaws.com/"),
                        ErrorCode.CONFIGURATION,
                        Retry.NO,
                        "\"region=eu-west-3\""),
                Arguments.of(Answer.error(403, "QuotaExceeded"), ErrorCode.STORE_FULL, Retry.UNKNOWN, "quota"),
                Arguments.of(
                        Answer.error(501, "NotImplemented"),
                        ErrorCode.STORE_UNREACHABLE,
                        Retry.NO,
                        "conditional-writes=no"),
                Arguments.of(Answer.expiredToken(), ErrorCode.STORE_DENIED, Retry.UNKNOWN, "profile \"default\""),
                Arguments.of(Answer.internalError(), ErrorCode.STORE_UNREACHABLE, Retry.YES, "errors"),
                Arguments.of(Answer.slowDown(), ErrorCode.STORE_UNREACHABLE, Retry.YES, "fewer requests"),
                Arguments.of(Answer.tooManyRequests(), ErrorCode.STORE_UNREACHABLE, Retry.YES, "fewer requests"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void anErrorSaysWhatItMeansAndWhatToDo(Answer answer, ErrorCode code, Retry retry, String hint) throws Exception {
        says(request -> answer);

        try (S3Store store = store("deadline=1ms")) {
            ArchiverException thrown = catchThrowableOfType(ArchiverException.class, () -> store.open(KEY));

            assertThat(thrown).hasMessageStartingWith("could not read \"s3://bucket/x/a/b\": the service answered ");
            assertThat(thrown.code()).isEqualTo(code);
            assertThat(thrown.retry()).isEqualTo(retry);
            assertThat(thrown.hint().orElseThrow()).contains(hint);
        }
    }

    @Test
    void ofAnErrorNoMoreIsHeldThanItsBeginning() throws Exception {
        says(request -> Answer.endlessError(8 << 20));

        try (S3Store store = store("deadline=1ms")) {
            StoreException thrown = catchThrowableOfType(StoreException.class, () -> store.open(KEY));

            assertThat(thrown.code()).isEqualTo(ErrorCode.STORE_UNREACHABLE);
            assertThat(thrown).hasMessageContaining("500").message().hasSizeLessThan(1 << 20);
        }
    }

    @Test
    void onlyTheServicesOwnWordsMakeAnObjectAbsent() throws Exception {
        says(request -> NOTHING_THERE);

        try (S3Store store = store()) {
            assertThat(store.open(KEY)).isEmpty();
            assertThat(asked).hasSize(1);
            assertThat(store.head(KEY)).isEmpty();
            assertThat(store.delete(KEY)).isFalse();
        }
    }

    @Test
    void aHeadWithoutWordsIsNotBelieved() throws Exception {
        says(request -> request.method().equals("HEAD") ? NOTHING_THERE : Answer.captivePortal(404));

        try (S3Store store = store()) {
            assertThatThrownBy(() -> store.head(KEY)).isInstanceOf(StoreException.class);
            assertThatThrownBy(() -> store.delete(KEY)).isInstanceOf(StoreException.class);
        }
    }

    @Test
    void aPageForPeopleIsNoObjectAndNoProofOfOne() throws Exception {
        says(request -> Answer.captivePortal(200));

        try (S3Store store = store("deadline=1ms")) {
            assertThatThrownBy(() -> store.open(KEY)).isInstanceOf(StoreException.class);
            assertThatThrownBy(() -> store.head(KEY)).isInstanceOf(StoreException.class);
            assertThatThrownBy(() -> store.createIfAbsent(KEY, Content.of(new byte[3])))
                    .isInstanceOf(StoreException.class);
        }
    }

    @Test
    void aPageForPeopleIsNoEmptyListing() throws Exception {
        says(request -> Answer.captivePortal(200));

        try (S3Store store = store("deadline=1ms")) {
            assertThatThrownBy(() -> store.names(KEY)).isInstanceOf(StoreException.class);
            assertThatThrownBy(() -> store.list(KEY).toList()).isInstanceOf(UncheckedIOException.class);
            assertThatThrownBy(() -> store.discardAbandonedUploads(KEY, Duration.ZERO))
                    .isInstanceOf(StoreException.class);
        }
    }

    @Test
    void aListingOfAnotherBucketIsNotOurs() throws Exception {
        says(
                request -> new Answer(
                        200,
                        List.of("Content-Type: application/xml"),
                        "<?xml version=\"1.0\"?><ListBucketResult><Name>other</Name><IsTruncated>false</IsTruncated></ListBucketResult>"));

        try (S3Store store = store("deadline=1ms")) {
            assertThatThrownBy(() -> store.names(KEY))
                    .isInstanceOfSatisfying(
                            StoreException.class,
                            e -> assertThat(e.detail()).contains("the answer is about bucket \"other\""));
        }
    }

    @Test
    void aSuccessWithoutATagIsAskedAbout() throws Exception {
        says(request -> request.kind() == RequestKind.PUT_OBJECT
                ? new Answer(200, List.of(), "")
                : new Answer(200, List.of(WRITE_ID + ": " + writeIdOf(asked.getFirst()), LAST_MODIFIED), ""));

        try (S3Store store = store()) {
            assertThat(store.createIfAbsent(KEY, Content.of(new byte[3]))).isEqualTo(CreateOutcome.CREATED);
        }
        assertThat(asked).extracting(S3Request::kind).containsExactly(RequestKind.PUT_OBJECT, RequestKind.HEAD_OBJECT);
    }

    @Test
    void aRefusalThatNoHeadExplainsEndsInDoubt() throws Exception {
        says(request -> request.kind() == RequestKind.PUT_OBJECT
                ? Answer.error(412, "PreconditionFailed")
                : Answer.accessDenied());

        try (S3Store store = store()) {
            assertThatThrownBy(() -> store.createIfAbsent(KEY, Content.of(new byte[3])))
                    .isInstanceOf(StoreException.class)
                    .hasMessage("it is not known whether \"s3://bucket/x/a/b\" was stored");
        }
    }

    @Test
    void aConflictOfTwoWritersIsTriedAgain() throws Exception {
        says(request -> asked.size() == 1
                ? Answer.error(409, "ConditionalRequestConflict")
                : new Answer(200, List.of("ETag: \"t\""), ""));

        try (S3Store store = store()) {
            assertThat(store.createIfAbsent(KEY, Content.of(new byte[3]))).isEqualTo(CreateOutcome.CREATED);
        }
        assertThat(asked).hasSize(2);
        assertThat(writeIdOf(asked.get(1))).isEqualTo(writeIdOf(asked.get(0)));
    }

    @Test
    void aWrongClockIsCorrectedAndReportedOnce() throws Exception {
        service.add(new WrongClock(Duration.ofHours(-1)));
        says(request -> NOTHING_THERE);

        try (S3Store store = store()) {
            assertThat(store.open(KEY)).isEmpty();
            assertThat(store.open(KEY)).isEmpty();

            assertThat(store.clockSkew().orElseThrow()).isBetween(Duration.ofMinutes(-61), Duration.ofMinutes(-59));
        }
        assertThat(heard.warnings())
                .singleElement()
                .asString()
                .matches(".*which is 3[56][0-9]{2} seconds behind; set the clock");
    }

    @Test
    void keysThatWereReplacedMeanwhileAreTakenUp() throws Exception {
        says(request -> {
            if (request.header("Authorization").orElseThrow().contains("Credential=NEW/")) {
                return NOTHING_THERE;
            }
            writeCredentials("NEW");
            return Answer.error(403, "InvalidAccessKeyId");
        });

        try (S3Store store = store()) {
            assertThat(store.open(KEY)).isEmpty();
        }
        assertThat(asked).hasSize(2);
    }

    @Test
    void keysThatStayRefusedAreTriedTwice() throws Exception {
        says(request -> Answer.error(403, "SignatureDoesNotMatch"));

        try (S3Store store = store()) {
            assertThatThrownBy(() -> store.open(KEY)).isInstanceOf(StoreException.class);
        }
        assertThat(asked).hasSize(2);
    }

    @Test
    void aHostThatDoesNotExistAndAPortWhereNobodyListensAreNamed() throws Exception {
        try (S3Store store = storeWithKey(URI.create("http://s3.walvault.invalid"), "deadline=1ms")) {
            assertThatThrownBy(() -> store.open(KEY))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("host name \"s3.walvault.invalid\" is not known");
        }
        try (S3Store store = storeWithKey(URI.create("http://127.0.0.1:1"), "deadline=1ms")) {
            assertThatThrownBy(() -> store.createIfAbsent(KEY, Content.of(new byte[1])))
                    .isInstanceOf(StoreException.class)
                    .hasMessage("could not store \"s3://bucket/x/a/b\": no connection");
        }
    }

    @Test
    void withoutAnAccessKeyTheErrorSaysWhereItWasLookedFor() throws Exception {
        Path missing = directory.resolve("missing");
        try (S3Store store = storeAt(service.endpoint(), "credentials-file=" + missing)) {
            assertThatThrownBy(() -> store.open(KEY)).isInstanceOfSatisfying(StoreException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.STORE_DENIED);
                assertThat(e).hasMessageEndingWith("no access key");
                assertThat(e.hint().orElseThrow()).contains("profile \"default\" of \"" + missing + "\"");
            });
        }
    }

    private static String writeIdOf(S3Request request) {
        return request.header(WRITE_ID).orElseThrow();
    }

    private void says(Function<S3Request, Answer> answers) {
        service.add(request -> {
            asked.add(request);
            return Optional.of(answers.apply(request));
        });
    }

    private void writeCredentials(String id) {
        try {
            Files.writeString(
                    directory.resolve("credentials"),
                    "[default]\naws_access_key_id = " + id + "\naws_secret_access_key = y\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private S3Store store(String... options) throws Exception {
        return storeWithKey(service.endpoint(), options);
    }

    private S3Store storeWithKey(URI endpoint, String... options) throws Exception {
        writeCredentials("OLD");
        String credentials = "credentials-file=" + directory.resolve("credentials");
        return storeAt(
                endpoint,
                Stream.concat(Stream.of(credentials), Stream.of(options)).toArray(String[]::new));
    }

    private S3Store storeAt(URI endpoint, String... options) throws Exception {
        String url = "s3://bucket/x?endpoint=" + endpoint + "&" + String.join("&", options);
        return S3Store.open(S3Urls.place(url), key -> ObjectKind.WAL, heard);
    }
}
