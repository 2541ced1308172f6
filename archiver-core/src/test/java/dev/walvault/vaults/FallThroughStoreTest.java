package dev.walvault.vaults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Faults;
import dev.walvault.StoreException;
import dev.walvault.store.ByteRange;
import dev.walvault.store.Content;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.Deletion;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.FaultyStore.Call;
import dev.walvault.store.FaultyStore.Moment;
import dev.walvault.store.MemoryStore;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.Slice;
import dev.walvault.store.StoredObject;
import dev.walvault.store.UnreachableStore;
import dev.walvault.store.Upload;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class FallThroughStoreTest {
    private final MemoryStore first = new MemoryStore();
    private final MemoryStore second = new MemoryStore();
    private final FaultyStore faultyFirst = new FaultyStore(first);
    private final FaultyStore faultySecond = new FaultyStore(second);
    private final List<ObjectStore> failed = new ArrayList<>();
    private final FallThroughStore both =
            new FallThroughStore(List.of(faultyFirst, faultySecond), (store, _) -> failed.add(store));

    private static void put(MemoryStore store, String key, String content) throws ArchiverException {
        store.createIfAbsent(new ObjectKey(key), Content.of(content.getBytes(UTF_8)));
    }

    private String read(String key) throws IOException {
        try (var in = both.open(new ObjectKey(key)).orElseThrow()) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private List<String> listed() throws ArchiverException {
        try (Stream<StoredObject> objects = both.list(new ObjectKey("a"))) {
            return objects.map(object -> object.key() + ":" + object.bytesStored())
                    .toList();
        }
    }

    @Test
    void anObjectComesFromTheFirstThatHasIt() throws Exception {
        put(first, "a/both", "first");
        put(second, "a/both", "the second");
        put(second, "a/second", "only here");

        assertThat(read("a/both")).isEqualTo("first");
        assertThat(read("a/second")).isEqualTo("only here");
        assertThat(both.head(new ObjectKey("a/both")).orElseThrow().bytesStored())
                .isEqualTo(5);
        assertThat(both.open(new ObjectKey("a/none"))).isEmpty();
        assertThat(both.open(new ObjectKey("a/none"), ByteRange.last(1))).isEmpty();
        assertThat(both.head(new ObjectKey("a/none"))).isEmpty();
    }

    @Test
    void aRangeComesFromTheFirstThatHasTheObject() throws Exception {
        put(first, "a/both", "first");
        put(second, "a/both", "the second");
        put(second, "a/second", "only here");

        assertThat(read("a/both", ByteRange.last(2))).isEqualTo("st");
        assertThat(read("a/second", ByteRange.of(5, 100))).isEqualTo("here");

        faultyFirst.goAway();
        assertThat(read("a/both", ByteRange.last(2))).isEqualTo("nd");
        Faults.of(() -> both.open(new ObjectKey("a/none"), ByteRange.last(2))).is(ErrorCode.STORE_UNREACHABLE);
    }

    @Test
    void whatIsWrongWithTheUrlOfOneIsNotWrongWithTheOther() throws Exception {
        put(second, "a/second", "only here");
        faultyFirst.fail(
                Call.OPEN,
                1,
                Moment.BEFORE,
                Fault.of(ErrorCode.CONFIGURATION, "the region of the bucket is not known")
                        .configuration());

        assertThat(read("a/second")).isEqualTo("only here");
        assertThat(failed).containsExactly(faultyFirst);
    }

    @Test
    void aTroubleOfThisHostIsNoStores() throws Exception {
        put(second, "a/second", "only here");
        faultyFirst.fail(
                Call.OPEN,
                1,
                Moment.BEFORE,
                Fault.of(ErrorCode.LOCAL_FULL, "no space left").host());

        Faults.of(() -> read("a/second")).is(ErrorCode.LOCAL_FULL);
        assertThat(failed).isEmpty();
    }

    /** The second may hold the same content in other bytes. */
    @Test
    void whoAsksOneStoreHasEveryRangeFromIt() throws Exception {
        put(first, "a/both", "first");
        put(second, "a/both", "other");
        put(second, "a/second", "only here");

        assertThat(inOneStore("a/both", () -> {})).contains("f.irst");
        assertThat(inOneStore("a/second", () -> {})).contains("o.nly here");
        assertThat(inOneStore("a/both", faultyFirst::goAway)).contains("o.ther");
        assertThat(failed).containsExactly(faultyFirst);
        assertThat(inOneStore("a/second", () -> {})).contains("o.nly here");
        Faults.of(() -> inOneStore("a/none", () -> {})).is(ErrorCode.STORE_UNREACHABLE);
    }

    /** Its first byte and the others, each with a call of its own. */
    private Optional<String> inOneStore(String key, Runnable between) throws ArchiverException {
        return both.<String, StoreException>ask(store -> {
            Optional<Slice> first = store.open(new ObjectKey(key), ByteRange.of(0, 1));
            between.run();
            if (first.isEmpty()) {
                return Optional.empty();
            }
            Slice rest = store.open(new ObjectKey(key), ByteRange.of(1, 100)).orElseThrow();
            return Optional.of(text(first.get()) + "." + text(rest));
        });
    }

    private static String text(Slice slice) {
        try (slice) {
            return new String(slice.content().readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String read(String key, ByteRange range) throws IOException {
        try (Slice slice = both.open(new ObjectKey(key), range).orElseThrow()) {
            return new String(slice.content().readAllBytes(), UTF_8);
        }
    }

    @Test
    void listingsAreMergedInKeyOrderWithoutRepetition() throws Exception {
        put(first, "a/1", "x");
        put(first, "a/3/z", "x");
        put(first, "a/5", "x");
        put(second, "a/2", "yy");
        put(second, "a/3/z", "yy");
        put(second, "a/6", "yy");

        assertThat(listed()).containsExactly("a/1:1", "a/2:2", "a/3/z:1", "a/5:1", "a/6:2");
        assertThat(both.names(new ObjectKey("a"))).containsExactly("1", "2", "3", "5", "6");
        assertThat(both.names(new ObjectKey("b"))).isEmpty();
        assertThat(failed).isEmpty();
    }

    @Test
    void whatNoOneHasIsNotAbsentWhileOneIsUnreachable() throws Exception {
        put(second, "a/x", "there");
        faultyFirst.goAway();

        assertThat(read("a/x")).isEqualTo("there");
        assertThat(failed).containsExactly(faultyFirst);
        Faults.of(() -> both.open(new ObjectKey("a/none"))).is(ErrorCode.STORE_UNREACHABLE);
        Faults.of(() -> both.head(new ObjectKey("a/none"))).is(ErrorCode.STORE_UNREACHABLE);
    }

    @Test
    void aListingGoesOnWithoutTheOneThatIsUnreachable() throws Exception {
        put(first, "a/1", "x");
        put(second, "a/2", "yy");
        faultyFirst.goAway();

        assertThat(listed()).containsExactly("a/2:2");
        assertThat(both.names(new ObjectKey("a"))).containsExactly("2");
        assertThat(failed).containsExactly(faultyFirst, faultyFirst);

        faultySecond.goAway();
        Faults.of(this::listed).is(ErrorCode.STORE_UNREACHABLE);
        Faults.of(() -> both.names(new ObjectKey("a"))).is(ErrorCode.STORE_UNREACHABLE);
    }

    @Test
    void aListingGoesOnWhenOneFailsOnTheWay() throws Exception {
        put(second, "a/1", "yy");
        put(second, "a/9", "yy");
        Stream<StoredObject> breaking = Stream.concat(
                Stream.of(new StoredObject(new ObjectKey("a/5"), 1, Instant.EPOCH)),
                Stream.of(1).map(_ -> {
                    throw new UncheckedIOException(FaultyStore.unreachable());
                }));
        var merged =
                new FallThroughStore(List.of(new Listing(breaking), faultySecond), (store, _) -> failed.add(store));

        try (Stream<StoredObject> objects = merged.list(new ObjectKey("a"))) {
            assertThat(objects.map(object -> object.key().value())).containsExactly("a/1", "a/5", "a/9");
        }
        assertThat(failed).hasSize(1);
    }

    @Test
    void aListingThatFailsEverywhereOnTheWayIsNoEnd() throws Exception {
        Stream<StoredObject> breaking = Stream.of(1).map(_ -> {
            throw new UncheckedIOException(FaultyStore.unreachable());
        });
        var alone = new FallThroughStore(List.of(new Listing(breaking)), (_, _) -> {});

        try (Stream<StoredObject> objects = alone.list(new ObjectKey("a"))) {
            Assertions.assertThatThrownBy(objects::toList).isInstanceOf(UncheckedIOException.class);
        }
    }

    @Test
    void nothingIsWritten() {
        Faults.of(() -> both.createIfAbsent(new ObjectKey("a/x"), Content.of(new byte[0])))
                .is(ErrorCode.STORE_DENIED)
                .says("--vault");
        Faults.of(() -> both.beginUpload(new ObjectKey("a/x"))).is(ErrorCode.STORE_DENIED);
        Faults.of(() -> both.delete(new ObjectKey("a/x"))).is(ErrorCode.STORE_DENIED);
        Faults.of(() -> both.deleteAll(List.of(new ObjectKey("a/x"))).orThrow()).is(ErrorCode.STORE_DENIED);
        assertThat(faultyFirst.count(Call.CREATE)).isZero();
        assertThat(faultyFirst.count(Call.DELETE_ALL)).isZero();
    }

    /** A store that answers one listing. */
    private static final class Listing implements ObjectStore {
        private final Stream<StoredObject> answer;
        private final ObjectStore rest = new UnreachableStore("memory://listing", FaultyStore.unreachable());

        Listing(Stream<StoredObject> answer) {
            this.answer = answer;
        }

        @Override
        public Stream<StoredObject> list(ObjectKey prefix) {
            return answer;
        }

        @Override
        public String location() {
            return rest.location();
        }

        @Override
        public CreateOutcome createIfAbsent(ObjectKey key, Content content) throws ArchiverException {
            return rest.createIfAbsent(key, content);
        }

        @Override
        public Upload beginUpload(ObjectKey key) throws ArchiverException {
            return rest.beginUpload(key);
        }

        @Override
        public Optional<InputStream> open(ObjectKey key) throws ArchiverException {
            return rest.open(key);
        }

        @Override
        public Optional<Slice> open(ObjectKey key, ByteRange range) throws ArchiverException {
            return rest.open(key, range);
        }

        @Override
        public Optional<StoredObject> head(ObjectKey key) throws ArchiverException {
            return rest.head(key);
        }

        @Override
        public List<String> names(ObjectKey prefix) throws ArchiverException {
            return rest.names(prefix);
        }

        @Override
        public boolean delete(ObjectKey key) throws ArchiverException {
            return rest.delete(key);
        }

        @Override
        public Deletion deleteAll(Collection<ObjectKey> keys) {
            return rest.deleteAll(keys);
        }

        @Override
        public int discardAbandonedUploads(ObjectKey prefix, Duration age) throws ArchiverException {
            return rest.discardAbandonedUploads(prefix, age);
        }

        @Override
        public void close() {}
    }
}
