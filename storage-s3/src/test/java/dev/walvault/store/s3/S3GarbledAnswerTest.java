package dev.walvault.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import dev.walvault.ArchiverException;
import dev.walvault.observe.Heard;
import dev.walvault.store.ByteRange;
import dev.walvault.store.Content;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectKind;
import dev.walvault.store.Slice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An answer in which a bit was turned on its way, whichever bit it is, ends as an error of the store, or as no error.
 */
class S3GarbledAnswerTest {
    private static final ObjectKey KEY = ObjectKey.of("a", "b");
    private static final String XML = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    private static final Pattern ELEMENT = Pattern.compile("<([A-Za-z]+)>[^<]*</\\1>");
    private static final String LAST_PAGE = "<IsTruncated>false</IsTruncated>";
    private static final int BITS = 7;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private final AtomicReference<Answer> said = new AtomicReference<>();

    @SuppressWarnings("NullAway.Init")
    private FaultProxy service;

    @BeforeEach
    void open() throws IOException {
        Files.writeString(
                directory.resolve("credentials"), "[default]\naws_access_key_id = x\naws_secret_access_key = y\n");
        service = FaultProxy.inFrontOf(URI.create("http://127.0.0.1:1"));
        service.add(request -> Optional.of(said.get()));
    }

    @AfterEach
    void close() throws IOException {
        service.close();
    }

    /** What is asked of a store. */
    @FunctionalInterface
    interface Question {
        void put(S3Store store) throws IOException;
    }

    private static Arguments asked(String name, Question question, Answer answer) {
        return Arguments.argumentSet(name, question, answer);
    }

    static Stream<Arguments> questions() {
        Answer objects = xml("<ListBucketResult><Name>bucket</Name><Prefix>x/a/b/</Prefix>"
                + "<Contents><Key>x/a/b/c</Key><LastModified>2026-11-21T03:00:00.000Z</LastModified>"
                + "<ETag>&quot;t&quot;</ETag><Size>17</Size></Contents>"
                + "<CommonPrefixes><Prefix>x/a/b/d/</Prefix></CommonPrefixes>"
                + LAST_PAGE + "</ListBucketResult>");
        Answer uploads = xml("<ListMultipartUploadsResult><Bucket>bucket</Bucket>"
                + "<Upload><Key>x/a/b/c</Key><UploadId>u</UploadId>"
                + "<Initiated>2026-11-21T03:00:00.000Z</Initiated></Upload>"
                + LAST_PAGE + "</ListMultipartUploadsResult>");
        var object = new Answer(
                200,
                List.of("Last-Modified: Sat, 21 Nov 2026 03:00:00 GMT", "ETag: \"t\"", "x-amz-meta-a: b"),
                "content");
        var part = new Answer(
                206,
                List.of("Last-Modified: Sat, 21 Nov 2026 03:00:00 GMT", "ETag: \"t\"", "Content-Range: bytes 3-9/17"),
                "content");
        var beyond = new Answer(
                416,
                List.of("Content-Type: application/xml", "Content-Range: bytes */17"),
                XML + "<Error><Code>InvalidRange</Code></Error>");
        Answer deleted = xml("<DeleteResult><Deleted><Key>x/a/b</Key></Deleted></DeleteResult>");
        return Stream.of(
                asked("the objects", store -> store.list(KEY).forEach(_ -> {}), objects),
                asked("the names", store -> store.names(KEY), objects),
                asked("the uploads", store -> store.countAbandonedUploads(KEY, Duration.ZERO), uploads),
                asked("an object", S3GarbledAnswerTest::read, object),
                asked("the head of an object", store -> store.head(KEY), object),
                asked("a range of an object", store -> read(store, ByteRange.of(3, 7)), part),
                asked("a range behind an object", store -> read(store, ByteRange.of(17, 1)), beyond),
                asked(
                        "several deletions",
                        store -> store.deleteAll(List.of(KEY)).orThrow(),
                        deleted),
                asked("an absent object", S3GarbledAnswerTest::read, Answer.error(404, "NoSuchKey")),
                asked("a new object", store -> store.createIfAbsent(KEY, Content.of(new byte[3])), object));
    }

    private static Answer xml(String body) {
        return new Answer(200, List.of("Content-Type: application/xml"), XML + body);
    }

    private static void read(S3Store store) throws IOException {
        try (var in = store.open(KEY).orElse(null)) {
            if (in != null) {
                in.readAllBytes();
            }
        }
    }

    private static void read(S3Store store, ByteRange range) throws IOException {
        try (Slice slice = store.open(KEY, range).orElse(null)) {
            if (slice != null) {
                slice.content().readAllBytes();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("questions")
    void noBitOfAnAnswerBreaksTheProgram(Question question, Answer answer) throws Exception {
        try (S3Store store = store()) {
            said.set(answer);
            question.put(store);
            int refused = 0;
            for (int bit = 0; bit < BITS; bit++) {
                for (int at = 0; at < answer.body().length(); at++) {
                    refused += refuses(store, question, with(answer, turned(answer.body(), at, bit))) ? 1 : 0;
                }
                for (int line = 0; line < answer.headers().size(); line++) {
                    for (int at = 0; at < answer.headers().get(line).length(); at++) {
                        String turned = turned(answer.headers().get(line), at, bit);
                        refused += refuses(store, question, with(answer, line, turned)) ? 1 : 0;
                    }
                }
            }
            assertThat(refused).isPositive();
        }
    }

    @ParameterizedTest
    @MethodSource("questions")
    void noElementThatAnAnswerLacksBreaksTheProgram(Question question, Answer answer) throws Exception {
        try (S3Store store = store()) {
            Matcher element = ELEMENT.matcher(answer.body());
            while (element.find()) {
                String without = answer.body().substring(0, element.start())
                        + answer.body().substring(element.end());
                refuses(store, question, with(answer, without));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("questions")
    void aPageThatIsNotTheLastNamesTheNext(Question question, Answer answer) throws Exception {
        Answer unending = with(answer, answer.body().replace(LAST_PAGE, "<IsTruncated>true</IsTruncated>"));
        Answer silent = with(answer, answer.body().replace(LAST_PAGE, ""));
        try (S3Store store = store()) {
            boolean listing = answer.body().contains(LAST_PAGE);

            assertThat(refuses(store, question, unending)).isEqualTo(listing);
            assertThat(refuses(store, question, silent))
                    .isEqualTo(listing && answer.body().contains("<Contents>"));
        }
    }

    private boolean refuses(S3Store store, Question question, Answer answer) {
        said.set(answer);
        try {
            question.put(store);
            return false;
        } catch (ArchiverException e) {
            return true;
        } catch (UncheckedIOException e) {
            assertThat(e).hasCauseInstanceOf(ArchiverException.class);
            return true;
        } catch (RuntimeException | IOException e) {
            return fail("of " + answer, e);
        }
    }

    private static String turned(String text, int at, int bit) {
        char turned = (char) (text.charAt(at) ^ (1 << bit));
        return text.substring(0, at) + turned + text.substring(at + 1);
    }

    private static Answer with(Answer answer, String body) {
        return new Answer(answer.status(), answer.headers(), body);
    }

    private static Answer with(Answer answer, int line, String header) {
        var headers = new ArrayList<>(answer.headers());
        headers.set(line, header);
        return new Answer(answer.status(), headers, answer.body());
    }

    private S3Store store() throws Exception {
        String url = "s3://bucket/x?endpoint=" + service.endpoint() + "&deadline=1ms&credentials-file="
                + directory.resolve("credentials");
        return S3Store.open(S3Urls.place(url), key -> ObjectKind.WAL, new Heard());
    }
}
