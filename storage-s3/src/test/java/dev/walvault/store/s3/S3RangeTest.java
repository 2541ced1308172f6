package dev.walvault.store.s3;

import static dev.walvault.store.s3.RequestKind.GET_OBJECT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.walvault.ErrorCode;
import dev.walvault.StoreException;
import dev.walvault.store.ByteRange;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.Slice;
import dev.walvault.store.s3.Misbehaviour.Break;
import dev.walvault.store.s3.Misbehaviour.End;
import dev.walvault.store.s3.Misbehaviour.Say;
import dev.walvault.store.s3.Misbehaviour.Truncate;
import dev.walvault.store.s3.Misbehaviour.Way;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Ranges of an object: what is cut goes on, and what is not the range that was asked for is never taken for it. */
class S3RangeTest extends S3DriverTest {
    private static final String TEXT = "0123456789abcdefghijklmnopqrstuvwxyz".repeat(1_000);
    private static final int SIZE = TEXT.length();
    private static final ByteRange RANGE = ByteRange.of(10_000, 2_000);
    private static final String LAST_MODIFIED = "Last-Modified: Sat, 21 Nov 2026 03:00:00 GMT";

    private final List<String> asked = new CopyOnWriteArrayList<>();

    @BeforeEach
    void fill() {
        bucket.put(NAME, TEXT.getBytes(UTF_8));
        proxy.add(request -> {
            request.header("Range").ifPresent(asked::add);
            return Optional.empty();
        });
    }

    private static Answer part(int status, String contentRange, int first, int end) {
        return answer(status, List.of("Content-Range: " + contentRange), first, end);
    }

    private static Answer answer(int status, List<String> headers, int first, int end) {
        var all = new ArrayList<>(List.of(LAST_MODIFIED, "ETag: \"t\""));
        all.addAll(headers);
        return new Answer(status, all, TEXT.substring(first, end));
    }

    private static Arguments lie(String name, Answer answer) {
        return Arguments.argumentSet(name, answer);
    }

    static Stream<Arguments> lies() {
        return Stream.of(
                lie("another range", part(206, "bytes 20000-21999/36000", 20_000, 22_000)),
                lie("a range that begins later", part(206, "bytes 10001-11999/36000", 10_001, 12_000)),
                lie("a range that ends earlier", part(206, "bytes 10000-11998/36000", 10_000, 11_999)),
                lie("a range that ends later", part(206, "bytes 10000-12000/36000", 10_000, 12_001)),
                lie("fewer bytes than it says", part(206, "bytes 10000-11999/36000", 10_000, 11_999)),
                lie("more bytes than it says", part(206, "bytes 10000-11999/36000", 10_000, 12_001)),
                lie("no word of which range", answer(206, List.of(), 10_000, 12_000)),
                lie("garbage for a range", part(206, "bytes 10000-1l999/36000", 10_000, 12_000)),
                lie("another unit", part(206, "lines 10000-11999/36000", 10_000, 12_000)),
                lie("an unknown length", part(206, "bytes 10000-11999/*", 10_000, 12_000)),
                lie("an object that ends before the range", part(206, "bytes 10000-11999/11999", 10_000, 12_000)),
                lie("all, and a range of it", part(200, "bytes 10000-11999/36000", 10_000, 12_000)),
                lie("a page for people", Answer.captivePortal(200)),
                lie("a page for people as a part", Answer.captivePortal(206)),
                lie("no such range, of an object that has it", noSuchRange("Content-Range: bytes */36000")));
    }

    private static Answer noSuchRange(String... headers) {
        Answer error = Answer.error(416, "InvalidRange");
        return new Answer(
                416, Stream.concat(error.headers().stream(), Stream.of(headers)).toList(), error.body());
    }

    @ParameterizedTest
    @MethodSource("lies")
    void whatIsNotTheRangeIsRefusedAndAskedForAgain(Answer lie) throws Exception {
        ObjectStore store = store();
        proxy.add(Rule.on(GET_OBJECT).once().then(new Say(lie)));

        assertThat(text(store, RANGE)).isEqualTo(TEXT.substring(10_000, 12_000));
        assertThat(asked).containsExactly("bytes=10000-11999", "bytes=10000-11999");
    }

    @ParameterizedTest
    @MethodSource("lies")
    void whatIsNeverTheRangeIsAnErrorInTheEnd(Answer lie) throws Exception {
        ObjectStore store = store("deadline=1ms");
        proxy.add(Rule.on(GET_OBJECT).then(new Say(lie)));

        assertThatThrownBy(() -> text(store, RANGE)).isInstanceOf(StoreException.class);
    }

    @Test
    void lastBytesThatAreNotTheLastAreRefused() throws Exception {
        ObjectStore store = store();
        proxy.add(Rule.on(GET_OBJECT).once().then(new Say(part(206, "bytes 35990-35998/36000", 35_990, 35_999))));
        proxy.add(Rule.on(GET_OBJECT).once().then(new Say(part(206, "bytes 35990-35999/36001", 35_990, 36_000))));

        assertThat(text(store, ByteRange.last(10))).isEqualTo(TEXT.substring(SIZE - 10));
        assertThat(asked).containsExactly("bytes=-10", "bytes=-10", "bytes=-10");
    }

    static Stream<ByteRange> ranges() {
        return Stream.of(RANGE, ByteRange.last(7), ByteRange.of(0, SIZE), ByteRange.of(SIZE - 3L, 10));
    }

    @ParameterizedTest
    @MethodSource("ranges")
    void aServiceThatIgnoresRangesSendsAllAndTheRangeIsTakenOutOfIt(ByteRange range) throws Exception {
        ObjectStore store = store();
        proxy.add(Rule.on(GET_OBJECT).then(new Say(answer(200, List.of(), 0, SIZE))));

        String expected = TEXT.substring((int) range.first(SIZE), (int) range.end(SIZE));
        assertThat(text(store, range)).isEqualTo(expected);
        assertThat(asked).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("ranges")
    void aRangeThatIsCutGoesOnWhereItWasAndNoFurtherThanItGoes(ByteRange range) throws Exception {
        ObjectStore store = store();
        proxy.add(Rule.on(GET_OBJECT).once().then(new Break(Way.RESPONSE, 2, End.RESET)));

        int first = (int) range.first(SIZE);
        int end = (int) range.end(SIZE);
        assertThat(text(store, range)).isEqualTo(TEXT.substring(first, end));
        assertThat(asked).hasSize(2);
        assertThat(asked.get(1)).matches("bytes=(" + first + "|" + (first + 1) + "|" + (first + 2) + ")-" + (end - 1));
    }

    @Test
    void whatGoesOnElsewhereIsRefusedToo() throws Exception {
        ObjectStore store = store();
        proxy.add(Rule.on(GET_OBJECT).once().then(new Break(Way.RESPONSE, 1_000, End.CLOSE)));
        proxy.add(Rule.on(GET_OBJECT).once().then(new Say(part(206, "bytes 20000-20999/36000", 20_000, 21_000))));
        proxy.add(Rule.on(GET_OBJECT).once().then(new Say(part(206, "bytes 12000-35999/36000", 12_000, SIZE))));

        assertThat(text(store, RANGE)).isEqualTo(TEXT.substring(10_000, 12_000));
        assertThat(asked).hasSize(4);
    }

    @Test
    void anObjectThatIsReadFromTheFrontGoesOnOnlyWhereItWas() throws Exception {
        ObjectStore store = store();
        proxy.add(Rule.on(GET_OBJECT).once().then(new Break(Way.RESPONSE, 1_000, End.CLOSE)));
        proxy.add(Rule.on(GET_OBJECT).once().then(new Say(part(206, "bytes 20000-35999/36000", 20_000, SIZE))));

        assertThat(new String(read(store), UTF_8)).isEqualTo(TEXT);
        assertThat(asked).hasSize(2);
    }

    @Test
    void aPartIsNotTakenForAllOfAnObject() throws Exception {
        ObjectStore store = store();
        proxy.add(Rule.on(GET_OBJECT).once().then(new Say(part(206, "bytes 0-99/36000", 0, 100))));

        assertThat(new String(read(store), UTF_8)).isEqualTo(TEXT);
    }

    @Test
    void aBodyWithoutALengthThatGoesOnBehindTheRangeIsRefused() throws Exception {
        var answers = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Last-Modified", "Sat, 21 Nov 2026 03:00:00 GMT");
            exchange.getResponseHeaders().set("Content-Range", "bytes 10000-11999/36000");
            exchange.sendResponseHeaders(206, 0);
            int more = answers.incrementAndGet() < 3 ? 1 : 0;
            try (var out = exchange.getResponseBody()) {
                out.write(TEXT.substring(10_000, 12_000 + more).getBytes(UTF_8));
            }
        });
        server.start();
        try {
            ObjectStore store = storeAt(bucket.locationAt(
                    URI.create("http://127.0.0.1:" + server.getAddress().getPort()), "pg", "deadline=5s"));
            assertThat(text(store, RANGE)).isEqualTo(TEXT.substring(10_000, 12_000));
        } finally {
            server.stop(0);
        }
        assertThat(answers).hasValue(3);
    }

    @Test
    void aRangeThatIsShortenedOnItsWayIsAskedForAgain() throws Exception {
        ObjectStore store = store();
        proxy.add(Rule.on(GET_OBJECT).times(2).then(new Truncate(1_000)));

        assertThat(text(store, RANGE)).isEqualTo(TEXT.substring(10_000, 12_000));
        assertThat(asked).hasSize(3);
    }

    static Stream<Arguments> ends() {
        Answer error = noSuchRange();
        String size = "<ActualObjectSize>" + SIZE + "</ActualObjectSize></Error>";
        return Stream.of(
                Arguments.argumentSet("in a header", noSuchRange("Content-Range: bytes */" + SIZE)),
                Arguments.argumentSet(
                        "in its words",
                        new Answer(416, error.headers(), error.body().replace("</Error>", size))));
    }

    @ParameterizedTest
    @MethodSource("ends")
    void thatARangeBeginsBehindTheEndIsOneAnswerWithTheLength(Answer end) throws Exception {
        ObjectStore store = store();
        proxy.add(Rule.on(_ -> true).then(new Say(end)));

        try (Slice slice = store.open(KEY, ByteRange.of(SIZE + 7L, 1)).orElseThrow()) {
            assertThat(slice.length()).isZero();
            assertThat(slice.bytesStored()).isEqualTo(SIZE);
        }
        assertThat(proxy.counts().total()).isEqualTo(1);
    }

    @Test
    void aServiceThatSaysOnlyThatThereIsNoSuchRangeIsAskedForTheLength() throws Exception {
        ObjectStore store = store();
        proxy.add(Rule.on(GET_OBJECT).then(new Say(noSuchRange())));

        try (Slice slice = store.open(KEY, ByteRange.of(SIZE, 1)).orElseThrow()) {
            assertThat(slice.length()).isZero();
            assertThat(slice.bytesStored()).isEqualTo(SIZE);
        }
        bucket.delete(NAME);
        proxy.behave();
        assertThat(store.open(KEY, ByteRange.of(SIZE, 1))).isEmpty();
    }

    @Test
    void aRefusalWithoutS3sOwnWordsIsNoEnd() throws Exception {
        ObjectStore store = store();
        proxy.add(Rule.on(GET_OBJECT).then(new Say(Answer.captivePortal(416))));

        assertFails(() -> store.open(KEY, ByteRange.of(SIZE, 1)), ErrorCode.STORE_UNREACHABLE, "416");
    }

    @Test
    void aRangeThatIsAllOfAnObjectIsHeldByItsChecksum() throws Exception {
        bucket.delete(NAME);
        ObjectStore store = store();
        create(store);
        proxy.add(Rule.on(GET_OBJECT).then(new Misbehaviour.Flip(Way.RESPONSE, 150_000)));

        assertThatThrownBy(() -> read(store, ByteRange.of(0, BYTES.length))).hasMessageContaining("is damaged");
        proxy.behave();
        assertThat(read(store, ByteRange.last(BYTES.length))).isEqualTo(BYTES);
        assertThat(read(store, ByteRange.of(1, 2))).isEqualTo(Arrays.copyOfRange(BYTES, 1, 3));
    }

    private static String text(ObjectStore store, ByteRange range) throws Exception {
        return new String(read(store, range), UTF_8);
    }
}
