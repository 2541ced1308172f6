package dev.walvault.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.HostException;
import dev.walvault.IntegrityException;
import dev.walvault.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The law of {@link ObjectStore}, as tests that every driver passes by extending this class. */
public abstract class ObjectStoreContract {
    private static final int RACERS = 16;
    private static final int RANGED = 300_000;

    protected ObjectStore store;

    /** A store without objects, for one test. */
    protected abstract ObjectStore emptyStore() throws Exception;

    /** The place of {@link #store} as another process would open it. */
    protected ObjectStore anotherHandle() throws Exception {
        return store;
    }

    /** More than a page of a listing holds; a driver whose test would take too long may say less. */
    protected int moreThanOnePage() {
        return 1_100;
    }

    /** A driver whose test server takes less than the services that it is for may say less. */
    protected int longestName() {
        return 255;
    }

    /**
     * Whether one of several writers wins even when they come at the same moment; a driver may be told to do without.
     */
    protected boolean createsAtomically() {
        return true;
    }

    @BeforeEach
    void openStore() throws Exception {
        store = emptyStore();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void whatWasCreatedIsReadBackByteForByte() throws Exception {
        var key = ObjectKey.of("wal", "00000001", "000000010000000000000001");
        byte[] bytes = randomBytes(1, 70_001);

        assertThat(store.createIfAbsent(key, Content.of(bytes))).isEqualTo(CreateOutcome.CREATED);

        assertThat(read(key)).contains(bytes);
    }

    @Test
    void headTellsSizeAndTime() throws Exception {
        var key = ObjectKey.of("a", "b");
        store.createIfAbsent(key, Content.of(new byte[] {1, 2, 3}));

        StoredObject stored = store.head(key).orElseThrow();

        assertThat(stored.key()).isEqualTo(key);
        assertThat(stored.bytesStored()).isEqualTo(3);
        // the store's own clock: minutes off are none of our business, years are
        assertThat(Duration.between(stored.lastModified(), Instant.now()).abs()).isLessThan(Duration.ofDays(1));
    }

    @Test
    void anEmptyObjectIsAnObject() throws Exception {
        var key = ObjectKey.of("a", "empty");

        assertThat(store.createIfAbsent(key, Content.of(new byte[0]))).isEqualTo(CreateOutcome.CREATED);

        assertThat(read(key)).contains(new byte[0]);
        assertThat(store.head(key).orElseThrow().bytesStored()).isZero();
        assertThat(keys("a")).containsExactly("a/empty");
        assertThat(store.createIfAbsent(key, Content.of(new byte[1]))).isEqualTo(CreateOutcome.ALREADY_THERE);
    }

    @Test
    void aNameMayBe255CharactersLongAndHoldEveryCharacterAllowed() throws Exception {
        var longest = ObjectKey.of("a", "x".repeat(longestName()));
        var strangest = ObjectKey.of("a", "Az09_%2F+=-.%41..=", "%", "-", "=+");
        store.createIfAbsent(longest, Content.of(new byte[] {1}));
        store.createIfAbsent(strangest, Content.of(new byte[] {2}));

        assertThat(read(longest)).contains(new byte[] {1});
        assertThat(read(strangest)).contains(new byte[] {2});
        assertThat(keys("a")).containsExactly(strangest.value(), longest.value());
    }

    @Test
    void creatingASecondTimeLeavesTheFirstAlone() throws Exception {
        var key = ObjectKey.of("a", "b");
        store.createIfAbsent(key, Content.of(new byte[] {1}));

        assertThat(store.createIfAbsent(key, Content.of(new byte[] {2, 2}))).isEqualTo(CreateOutcome.ALREADY_THERE);

        assertThat(read(key)).contains(new byte[] {1});
    }

    @Test
    void ofManyRacingCreatorsExactlyOneWinsAndItsBytesStay() throws Exception {
        assumeTrue(createsAtomically());
        try (ObjectStore other = anotherHandle();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 5; round++) {
                var key = ObjectKey.of("race", "round-" + round, "nested", "object");
                var start = new CountDownLatch(1);
                List<Future<CreateOutcome>> outcomes = new ArrayList<>();
                for (int racer = 0; racer < RACERS; racer++) {
                    byte[] own = contentOf(racer);
                    ObjectStore handle = racer % 2 == 0 ? store : other;
                    boolean byUpload = racer % 4 >= 2;
                    outcomes.add(threads.submit(() -> {
                        start.await();
                        return byUpload ? upload(handle, key, own) : handle.createIfAbsent(key, Content.of(own));
                    }));
                }
                start.countDown();

                List<Integer> winners = new ArrayList<>();
                for (int racer = 0; racer < RACERS; racer++) {
                    if (outcomes.get(racer).get() == CreateOutcome.CREATED) {
                        winners.add(racer);
                    }
                }
                assertThat(winners).hasSize(1);
                assertThat(read(key)).contains(contentOf(winners.getFirst()));
            }
        }
    }

    @Test
    void readersSeeAllOfAnObjectOrNothing() throws Exception {
        var key = ObjectKey.of("a", "big");
        byte[] bytes = randomBytes(2, 4_000_000);
        var started = new CountDownLatch(4);

        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            Callable<byte[]> reader = () -> {
                started.countDown();
                while (true) {
                    Optional<StoredObject> head = store.head(key);
                    Optional<byte[]> content = read(key);
                    if (head.isPresent()) {
                        assertThat(head.get().bytesStored()).isEqualTo(bytes.length);
                        assertThat(content).isPresent();
                    }
                    if (content.isPresent()) {
                        return content.get();
                    }
                }
            };
            List<Future<byte[]>> seen =
                    Stream.generate(() -> threads.submit(reader)).limit(4).toList();
            started.await();
            store.createIfAbsent(key, new Pieces(bytes, 64 * 1024));

            for (Future<byte[]> each : seen) {
                assertThat(each.get()).isEqualTo(bytes);
            }
        }
    }

    @Test
    void aContentThatThrowsMidwayLeavesNothing() throws Exception {
        var key = ObjectKey.of("a", "b");
        var broken = new Broken(100_000, new IOException("the disk of the server died"));

        assertThatThrownBy(() -> store.createIfAbsent(key, broken))
                .isInstanceOf(HostException.class)
                .satisfies(e -> assertThat(((HostException) e).code()).isEqualTo(ErrorCode.LOCAL_FILE));

        assertThat(store.head(key)).isEmpty();
        assertThat(keys("a")).isEmpty();
        assertThat(store.createIfAbsent(key, Content.of(new byte[] {1}))).isEqualTo(CreateOutcome.CREATED);
    }

    @Test
    void anErrorOfOursInTheContentKeepsItsCode() {
        IntegrityException ours =
                Fault.of(ErrorCode.NOT_WAL, "not WAL").hint("look").integrity();

        assertThatThrownBy(() -> store.createIfAbsent(ObjectKey.of("a", "b"), new Broken(10, ours)))
                .isInstanceOfSatisfying(IntegrityException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.NOT_WAL);
                    assertThat(e.hint()).contains("look");
                })
                .hasMessage("not WAL");
    }

    @Test
    void aContentThatIsShorterOrLongerThanItSaysIsRefused() throws Exception {
        var key = ObjectKey.of("a", "b");

        assertThatThrownBy(() -> store.createIfAbsent(key, new Pieces(new byte[10], 3, 11)))
                .isInstanceOf(HostException.class);
        assertThatThrownBy(() -> store.createIfAbsent(key, new Pieces(new byte[10], 3, 9)))
                .isInstanceOf(HostException.class);

        assertThat(store.head(key)).isEmpty();
    }

    @Test
    void anUploadIsInvisibleUntilItIsCommitted() throws Exception {
        var key = ObjectKey.of("a", "b", "c");
        byte[] bytes = randomBytes(3, 300_000);

        try (Upload upload = store.beginUpload(key)) {
            upload.body().write(bytes);
            upload.body().flush();
            assertThat(store.head(key)).isEmpty();
            assertThat(store.open(key)).isEmpty();
            assertThat(keys("a")).isEmpty();

            upload.body().close();
            assertThat(store.head(key)).isEmpty();

            assertThat(upload.commit()).isEqualTo(CreateOutcome.CREATED);
            assertThat(read(key)).contains(bytes);
        }
        assertThat(read(key)).contains(bytes);
    }

    @Test
    void anUploadThatIsNotCommittedIsDiscarded() throws Exception {
        var key = ObjectKey.of("a", "b");

        try (Upload upload = store.beginUpload(key)) {
            upload.body().write(new byte[100_000]);
        }

        assertThat(store.head(key)).isEmpty();
        assertThat(keys("a")).isEmpty();
        assertThat(store.createIfAbsent(key, Content.of(new byte[] {1}))).isEqualTo(CreateOutcome.CREATED);
    }

    @Test
    void anUploadOfNothingIsAnEmptyObject() throws Exception {
        var key = ObjectKey.of("a", "b");

        try (Upload upload = store.beginUpload(key)) {
            assertThat(upload.commit()).isEqualTo(CreateOutcome.CREATED);
        }

        assertThat(read(key)).contains(new byte[0]);
    }

    @Test
    void theBodyOfAnUploadIsAlwaysTheSameStream() throws Exception {
        try (Upload upload = store.beginUpload(ObjectKey.of("a", "b"))) {
            assertThat(upload.body()).isSameAs(upload.body());
        }
    }

    @Test
    void anUploadOvertakenByAnotherWriterLeavesThatOnesObject() throws Exception {
        var key = ObjectKey.of("a", "b");

        try (Upload slow = store.beginUpload(key)) {
            slow.body().write(new byte[] {1});
            store.createIfAbsent(key, Content.of(new byte[] {2}));

            assertThat(slow.commit()).isEqualTo(CreateOutcome.ALREADY_THERE);
        }

        assertThat(read(key)).contains(new byte[] {2});
    }

    @Test
    void ofTwoUploadsTheFirstToCommitWins() throws Exception {
        var key = ObjectKey.of("a", "b");

        try (Upload begunFirst = store.beginUpload(key);
                Upload begunSecond = store.beginUpload(key)) {
            begunFirst.body().write(new byte[] {1});
            begunSecond.body().write(new byte[] {2});
            assertThat(begunSecond.commit()).isEqualTo(CreateOutcome.CREATED);
            assertThat(begunFirst.commit()).isEqualTo(CreateOutcome.ALREADY_THERE);
        }

        assertThat(read(key)).contains(new byte[] {2});
    }

    @Test
    void closingAnUploadTwiceAndAfterACommitIsHarmless() throws Exception {
        var key = ObjectKey.of("a", "b");
        Upload upload = store.beginUpload(key);
        upload.body().write(7);
        upload.commit();

        upload.close();
        upload.close();

        assertThat(read(key)).contains(new byte[] {7});
    }

    @Test
    void aBigObjectIsStreamedBothWays() throws Exception {
        var key = ObjectKey.of("a", "big");
        byte[] bytes = randomBytes(4, 20_000_003);

        try (Upload upload = store.beginUpload(key)) {
            new Pieces(bytes, 99_991).writeTo(upload.body());
            assertThat(upload.commit()).isEqualTo(CreateOutcome.CREATED);
        }

        assertThat(store.head(key).orElseThrow().bytesStored()).isEqualTo(bytes.length);
        try (InputStream in = store.open(key).orElseThrow()) {
            byte[] start = in.readNBytes(1_000);
            long skipped = in.skip(5_000);
            int single = in.read();
            byte[] rest = in.readAllBytes();
            assertThat(start).isEqualTo(Arrays.copyOf(bytes, 1_000));
            int at = 1_000 + (int) skipped;
            assertThat((byte) single).isEqualTo(bytes[at]);
            assertThat(Arrays.equals(rest, Arrays.copyOfRange(bytes, at + 1, bytes.length)))
                    .isTrue();
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @Test
    void aReaderMayStopEarly() throws Exception {
        var key = ObjectKey.of("a", "big");
        store.createIfAbsent(key, Content.of(randomBytes(5, 1_000_000)));

        InputStream in = store.open(key).orElseThrow();
        assertThat(in.read()).isNotNegative();
        in.close();
        in.close();

        assertThat(read(key).orElseThrow()).hasSize(1_000_000);
    }

    static Stream<Arguments> ranges() {
        return Stream.of(
                range("the first byte", ByteRange.of(0, 1), 0, 1),
                range("some bytes within", ByteRange.of(70_000, 100_000), 70_000, 170_000),
                range("the byte before the last", ByteRange.of(RANGED - 2L, 1), RANGED - 2, RANGED - 1),
                range("up to the end", ByteRange.of(123_456, RANGED - 123_456L), 123_456, RANGED),
                range("beyond the end", ByteRange.of(RANGED - 10L, 11), RANGED - 10, RANGED),
                range("far beyond the end", ByteRange.of(5, Long.MAX_VALUE - 5), 5, RANGED),
                range("all of it", ByteRange.of(0, RANGED), 0, RANGED),
                range("from the end on", ByteRange.of(RANGED, 1), RANGED, RANGED),
                range("from beyond the end on", ByteRange.of(RANGED + 1L, 7), RANGED, RANGED),
                range("the last byte", ByteRange.last(1), RANGED - 1, RANGED),
                range("the last bytes", ByteRange.last(65_537), RANGED - 65_537, RANGED),
                range("as many last bytes as there are", ByteRange.last(RANGED), 0, RANGED),
                range("more last bytes than there are", ByteRange.last(Long.MAX_VALUE), 0, RANGED));
    }

    private static Arguments range(String name, ByteRange range, int first, int end) {
        return Arguments.argumentSet(name, range, first, end);
    }

    @ParameterizedTest
    @MethodSource("ranges")
    void aRangeIsWhatTheObjectHasOfIt(ByteRange range, int first, int end) throws Exception {
        var key = ObjectKey.of("a", "ranged");
        byte[] bytes = randomBytes(6, RANGED);
        store.createIfAbsent(key, Content.of(bytes));

        try (Slice slice = store.open(key, range).orElseThrow()) {
            assertThat(slice.content().readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, first, end));
            assertThat(slice.content().read()).isEqualTo(-1);
            assertThat(slice.content().skip(1)).isZero();
            assertThat(slice.first()).isEqualTo(first);
            assertThat(slice.end()).isEqualTo(end);
            assertThat(slice.length()).isEqualTo(end - first);
            assertThat(slice.bytesStored()).isEqualTo(RANGED);
        }
    }

    @Test
    void aRangeMayBeSkippedReadInPiecesAndLeftEarly() throws Exception {
        var key = ObjectKey.of("a", "ranged");
        byte[] bytes = randomBytes(7, RANGED);
        store.createIfAbsent(key, Content.of(bytes));

        try (Slice slice = store.open(key, ByteRange.of(1_000, 100_000)).orElseThrow()) {
            InputStream in = slice.content();
            assertThat((byte) in.read()).isEqualTo(bytes[1_000]);
            in.skipNBytes(50_000);
            assertThat(in.readNBytes(100)).isEqualTo(Arrays.copyOfRange(bytes, 51_001, 51_101));
        }
        Slice left = store.open(key, ByteRange.last(RANGED - 1L)).orElseThrow();
        assertThat((byte) left.content().read()).isEqualTo(bytes[1]);
        left.close();
        left.close();
        assertThat(read(key).orElseThrow()).isEqualTo(bytes);
    }

    @Test
    void everyRangeOfAnEmptyObjectIsEmpty() throws Exception {
        var key = ObjectKey.of("a", "empty");
        store.createIfAbsent(key, Content.of(new byte[0]));

        for (ByteRange range : List.of(ByteRange.of(0, 1), ByteRange.of(9, 1), ByteRange.last(1))) {
            try (Slice slice = store.open(key, range).orElseThrow()) {
                assertThat(slice.content().read()).isEqualTo(-1);
                assertThat(slice.length()).isZero();
                assertThat(slice.bytesStored()).isZero();
            }
        }
    }

    @Test
    void rangesOfAnObjectMadeByAnUploadAreThoseOfItsBytes() throws Exception {
        var key = ObjectKey.of("a", "big");
        byte[] bytes = randomBytes(8, 11 << 20);
        upload(store, key, bytes);

        for (ByteRange range : List.of(ByteRange.of((5 << 20) - 3L, 7), ByteRange.last(6 << 20))) {
            try (Slice slice = store.open(key, range).orElseThrow()) {
                byte[] expected = Arrays.copyOfRange(bytes, (int) slice.first(), (int) slice.end());
                assertThat(Arrays.equals(slice.content().readAllBytes(), expected))
                        .isTrue();
            }
        }
    }

    @Test
    void aRangeOfNothingIsNone() throws Exception {
        store.createIfAbsent(ObjectKey.of("a", "b"), Content.of(new byte[] {1}));

        for (String absent : List.of("x", "a/x", "x/y/z")) {
            assertThat(store.open(new ObjectKey(absent), ByteRange.of(0, 1))).isEmpty();
            assertThat(store.open(new ObjectKey(absent), ByteRange.last(1))).isEmpty();
        }
    }

    @Test
    void whatIsAbsentIsEmptyAtAnyDepth() throws Exception {
        store.createIfAbsent(ObjectKey.of("a", "b", "c"), Content.of(new byte[] {1}));

        for (String absent : List.of("x", "a/x", "a/b/x", "x/y/z")) {
            var key = new ObjectKey(absent);
            assertThat(store.open(key)).as("open %s", absent).isEmpty();
            assertThat(store.head(key)).as("head %s", absent).isEmpty();
            assertThat(store.delete(key)).as("delete %s", absent).isFalse();
        }
        for (String unfit : List.of("a/b/c/d", "a/b/c/d/e", "a", "a/b")) {
            var key = new ObjectKey(unfit);
            assertThat(isAbsentOrRefused(() -> store.open(key).isPresent()))
                    .as("open %s", unfit)
                    .isTrue();
            assertThat(isAbsentOrRefused(() -> store.head(key).isPresent()))
                    .as("head %s", unfit)
                    .isTrue();
            assertThat(isAbsentOrRefused(() -> store.delete(key)))
                    .as("delete %s", unfit)
                    .isTrue();
        }
        assertThat(read(ObjectKey.of("a", "b", "c"))).contains(new byte[] {1});
    }

    private interface Question {
        boolean isThere() throws ArchiverException;
    }

    private static boolean isAbsentOrRefused(Question question) throws ArchiverException {
        try {
            return !question.isThere();
        } catch (StoreException refused) {
            return true;
        }
    }

    @Test
    void aKeyThatIsAlsoADirectoryIsRefusedOrStoredButNeverHarmsTheOther() throws Exception {
        var inner = ObjectKey.of("a", "b");
        var outer = ObjectKey.of("a");
        store.createIfAbsent(inner, Content.of(new byte[] {1}));
        boolean outerStored = createdOrRefused(outer, new byte[] {2});

        assertThat(read(inner)).contains(new byte[] {1});
        assertThat(isAbsentOrRefused(() -> store.open(outer).isPresent())).isEqualTo(!outerStored);

        var below = ObjectKey.of("f", "g", "h");
        var file = ObjectKey.of("f", "g");
        store.createIfAbsent(file, Content.of(new byte[] {3}));
        boolean belowStored = createdOrRefused(below, new byte[] {4});

        assertThat(read(file)).contains(new byte[] {3});
        assertThat(isAbsentOrRefused(() -> store.open(below).isPresent())).isEqualTo(!belowStored);
        assertThat(keys("f")).isEqualTo(belowStored ? List.of("f/g", "f/g/h") : List.of("f/g"));
    }

    @Test
    void aListingIsInKeyOrderAcrossNestedPrefixes() throws Exception {
        // '%' '+' '-' '.' sort before '/', digits and letters after it
        List<String> keys = new ArrayList<>(List.of(
                "w/a/1",
                "w/a.x",
                "w/a-x",
                "w/a+",
                "w/a%20",
                "w/a0",
                "w/aa/1",
                "w/a/b/c",
                "w/a/b.c",
                "w/a/b/c.d",
                "w/B/z"));
        for (String key : keys) {
            store.createIfAbsent(new ObjectKey(key), Content.of(new byte[] {1}));
        }

        assertThat(keys("w")).isEqualTo(keys.stream().sorted().toList());
        assertThat(keys("w/a")).containsExactly("w/a/1", "w/a/b.c", "w/a/b/c", "w/a/b/c.d");
    }

    @Test
    void aListingKnowsWhatHeadKnows() throws Exception {
        var key = ObjectKey.of("a", "b", "c");
        store.createIfAbsent(key, Content.of(new byte[12]));

        try (Stream<StoredObject> listing = store.list(ObjectKey.of("a"))) {
            assertThat(listing).satisfiesExactly(listed -> {
                assertThat(listed.key()).isEqualTo(key);
                assertThat(listed.bytesStored()).isEqualTo(12);
                Instant byHead = store.head(key).orElseThrow().lastModified();
                // listings of S3 have milliseconds, heads only seconds
                assertThat(Duration.between(listed.lastModified(), byHead).abs())
                        .isLessThan(Duration.ofSeconds(2));
            });
        }
    }

    @Test
    void aListingStaysBelowItsPrefix() throws Exception {
        for (String key : List.of("wal/x", "wal2/x", "wal-1", "wal.x", "wa/l", "v/wal/x")) {
            store.createIfAbsent(new ObjectKey(key), Content.of(new byte[] {1}));
        }

        assertThat(keys("wal")).containsExactly("wal/x");
        assertThat(isAbsentOrRefused(() -> !store.names(new ObjectKey("wal/x")).isEmpty()))
                .isTrue();
    }

    @Test
    void aListingAfterAKeyHasOnlyWhatComesBehindIt() throws Exception {
        for (String key : List.of("w/0/a", "w/0/b", "w/0/b.x", "w/1/a", "w/2/a", "x/a")) {
            store.createIfAbsent(new ObjectKey(key), Content.of(new byte[] {1}));
        }

        assertThat(keysAfter("w", "w/0/b")).containsExactly("w/0/b.x", "w/1/a", "w/2/a");
        assertThat(keysAfter("w", "w/1/z")).containsExactly("w/2/a");
        assertThat(keysAfter("w", "w/2/a")).isEmpty();
        assertThat(keysAfter("w", "a")).isEqualTo(keys("w"));
    }

    private List<String> keysAfter(String prefix, String after) throws IOException {
        try (Stream<StoredObject> listing = store.listAfter(new ObjectKey(prefix), new ObjectKey(after))) {
            return listing.map(each -> each.key().value()).toList();
        }
    }

    @Test
    void aPrefixWithoutObjectsIsAnEmptyListing() throws Exception {
        assertThat(keys("nothing")).isEmpty();
        assertThat(keys("nothing/at/all")).isEmpty();
    }

    @Test
    void namesAreThoseOfTheNextLevelOnlyInOrder() throws Exception {
        for (String key : List.of("t/b", "t/a/x", "t/a/y/z", "t/a.c/x", "t2/no", "t/a-b")) {
            store.createIfAbsent(new ObjectKey(key), Content.of(new byte[] {1}));
        }

        assertThat(store.names(ObjectKey.of("t"))).containsExactly("a", "a-b", "a.c", "b");
        assertThat(store.names(ObjectKey.of("t", "a"))).containsExactly("x", "y");
        assertThat(store.names(ObjectKey.of("nothing", "there"))).isEmpty();
    }

    @Test
    void aListingOfMoreThanOnePageIsComplete() throws Exception {
        int count = moreThanOnePage();
        List<String> expected = IntStream.range(0, count)
                .mapToObj(i -> String.format("many/%03d/%06d", i % 3, i))
                .sorted()
                .toList();
        createAll(expected.stream().map(ObjectKey::new).toList());

        assertThat(keys("many")).isEqualTo(expected);
    }

    private void createAll(List<ObjectKey> keys) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(RACERS)) {
            List<Future<CreateOutcome>> outcomes = new ArrayList<>();
            for (ObjectKey key : keys) {
                outcomes.add(threads.submit(() -> store.createIfAbsent(key, Content.of(new byte[] {1}))));
            }
            for (Future<CreateOutcome> outcome : outcomes) {
                assertThat(outcome.get()).isEqualTo(CreateOutcome.CREATED);
            }
        }
    }

    @Test
    void aListingMayBeLeftEarly() throws Exception {
        for (int i = 0; i < 10; i++) {
            store.createIfAbsent(ObjectKey.of("a", "d" + i, "x"), Content.of(new byte[] {1}));
        }

        try (Stream<StoredObject> listing = store.list(ObjectKey.of("a"))) {
            assertThat(listing.findFirst().orElseThrow().key()).isEqualTo(ObjectKey.of("a", "d0", "x"));
        }
    }

    @Test
    void deletingWhatIsListedWhileListingIsHarmless() throws Exception {
        for (int i = 0; i < 30; i++) {
            store.createIfAbsent(ObjectKey.of("a", "d" + i % 3, "x" + i), Content.of(new byte[] {1}));
        }

        try (Stream<StoredObject> listing = store.list(ObjectKey.of("a"))) {
            for (StoredObject each : (Iterable<StoredObject>) listing::iterator) {
                assertThat(store.delete(each.key())).isTrue();
            }
        }

        assertThat(keys("a")).isEmpty();
    }

    @Test
    void deletingSaysWhetherThereWasSomething() throws Exception {
        var key = ObjectKey.of("a", "b", "c");
        store.createIfAbsent(key, Content.of(new byte[] {1}));

        assertThat(store.delete(key)).isTrue();
        assertThat(store.delete(key)).isFalse();
        assertThat(store.open(key)).isEmpty();
        assertThat(keys("a")).isEmpty();
    }

    @Test
    void severalAreDeletedAtOnceAndNoOthers() throws Exception {
        List<ObjectKey> kept = List.of(new ObjectKey("a/b.x"), new ObjectKey("a/d/e/h"));
        List<ObjectKey> gone = List.of(
                new ObjectKey("a/b"), new ObjectKey("a/d/e/f"), new ObjectKey("a/d/e/g"), new ObjectKey("z%20+=/y"));
        for (ObjectKey each : Stream.concat(kept.stream(), gone.stream()).toList()) {
            store.createIfAbsent(each, Content.of(new byte[] {1}));
        }

        assertThat(store.deleteAll(gone).failed()).isEmpty();

        for (ObjectKey each : gone) {
            assertThat(store.head(each)).isEmpty();
            assertThat(store.createIfAbsent(each, Content.of(new byte[] {2}))).isEqualTo(CreateOutcome.CREATED);
        }
        for (ObjectKey each : kept) {
            assertThat(read(each)).contains(new byte[] {1});
        }
    }

    @Test
    void ofWhatIsNotThereNothingIsLeftToDelete() throws Exception {
        var key = ObjectKey.of("a", "b");
        store.createIfAbsent(key, Content.of(new byte[] {1}));

        List<ObjectKey> keys = List.of(ObjectKey.of("a", "x"), key, ObjectKey.of("x", "y", "z"), key);
        assertThat(store.deleteAll(keys).failed()).isEmpty();
        assertThat(store.deleteAll(List.of()).failed()).isEmpty();

        assertThat(keys("a")).isEmpty();
    }

    @Test
    void moreThanOnePageIsDeletedAtOnce() throws Exception {
        List<ObjectKey> all = IntStream.range(0, moreThanOnePage())
                .mapToObj(i -> new ObjectKey("many/" + i % 3 + "/" + i))
                .toList();
        createAll(all);

        assertThat(store.deleteAll(all.subList(1, all.size())).failed()).isEmpty();

        assertThat(keys("many")).containsExactly(all.getFirst().value());
    }

    @Test
    void whatWasDeletedCanBeCreatedAnew() throws Exception {
        var key = ObjectKey.of("a", "b", "c");
        store.createIfAbsent(key, Content.of(new byte[] {1}));
        store.delete(key);

        assertThat(store.createIfAbsent(key, Content.of(new byte[] {2}))).isEqualTo(CreateOutcome.CREATED);

        assertThat(read(key)).contains(new byte[] {2});
    }

    @Test
    void creatorsAndDeletersOfNeighboursDoNotDisturbEachOther() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                var key = ObjectKey.of("a", "shared", "t" + thread);
                all.add(threads.submit(() -> {
                    for (int i = 0; i < 15; i++) {
                        assertThat(store.createIfAbsent(key, Content.of(new byte[] {1})))
                                .isEqualTo(CreateOutcome.CREATED);
                        assertThat(store.delete(key)).isTrue();
                    }
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        }
    }

    @Test
    void discardingAbandonedUploadsKeepsFreshOnesAndObjects() throws Exception {
        var object = ObjectKey.of("a", "b");
        var fresh = ObjectKey.of("a", "c");
        store.createIfAbsent(object, Content.of(new byte[] {1}));

        try (Upload upload = store.beginUpload(fresh)) {
            upload.body().write(new byte[] {2});

            assertThat(store.discardAbandonedUploads(ObjectKey.of("a"), Duration.ofDays(2)))
                    .isZero();
            assertThat(store.discardAbandonedUploads(ObjectKey.of("nothing"), Duration.ZERO))
                    .isZero();

            assertThat(upload.commit()).isEqualTo(CreateOutcome.CREATED);
        }
        assertThat(store.discardAbandonedUploads(ObjectKey.of("a"), Duration.ZERO))
                .isZero();
        assertThat(keys("a")).containsExactly("a/b", "a/c");
    }

    @Test
    void theLocationIsAUrlWithoutSlashAtItsEnd() {
        assertThat(store.location()).matches("[a-z0-9]+://.*[^/]");
    }

    protected final Optional<byte[]> read(ObjectKey key) throws IOException {
        Optional<InputStream> content = store.open(key);
        if (content.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = content.get()) {
            return Optional.of(in.readAllBytes());
        }
    }

    /** The keys below {@code prefix} in the order in which the store lists them. */
    protected final List<String> keys(String prefix) throws IOException {
        try (Stream<StoredObject> listing = store.list(new ObjectKey(prefix))) {
            return listing.map(each -> each.key().value()).toList();
        }
    }

    private boolean createdOrRefused(ObjectKey key, byte[] bytes) throws ArchiverException {
        try {
            return store.createIfAbsent(key, Content.of(bytes)) == CreateOutcome.CREATED;
        } catch (StoreException refused) {
            return false;
        }
    }

    private static CreateOutcome upload(ObjectStore store, ObjectKey key, byte[] bytes) throws IOException {
        try (Upload upload = store.beginUpload(key)) {
            upload.body().write(bytes);
            return upload.commit();
        }
    }

    private static byte[] contentOf(int racer) {
        return randomBytes(racer, 5_000 + racer);
    }

    protected static byte[] randomBytes(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Writes piece by piece; announces a length that need not be true. */
    private static final class Pieces implements Content {
        private final byte[] bytes;
        private final int pieceLength;
        private final long announced;

        Pieces(byte[] bytes, int pieceLength, long announced) {
            this.bytes = bytes;
            this.pieceLength = pieceLength;
            this.announced = announced;
        }

        Pieces(byte[] bytes, int pieceLength) {
            this(bytes, pieceLength, bytes.length);
        }

        @Override
        public long length() {
            return announced;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            for (int at = 0; at < bytes.length; at += pieceLength) {
                out.write(bytes, at, Math.min(pieceLength, bytes.length - at));
            }
        }
    }

    /** Fails after half of its bytes. */
    private record Broken(long length, IOException error) implements Content {
        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(new byte[(int) length / 2]);
            throw error;
        }
    }
}
