package dev.walvault.store.s3;

import static dev.walvault.store.s3.RequestKind.DELETE_OBJECTS;
import static dev.walvault.store.s3.RequestKind.GET_OBJECT;
import static dev.walvault.store.s3.RequestKind.HEAD_OBJECT;
import static dev.walvault.store.s3.RequestKind.LIST;
import static dev.walvault.store.s3.RequestKind.MULTIPART_COMPLETE;
import static dev.walvault.store.s3.RequestKind.MULTIPART_CREATE;
import static dev.walvault.store.s3.RequestKind.MULTIPART_PART;
import static dev.walvault.store.s3.RequestKind.PUT_OBJECT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.store.ByteRange;
import dev.walvault.store.Content;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.Slice;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests are what S3 sends a bill for, and what an archive waits for. */
class S3RequestCountTest extends S3DriverTest {

    @Test
    void openingAStoreSendsNothing() throws Exception {
        store();

        assertThat(proxy.counts().total()).isZero();
    }

    @Test
    void creatingASegmentIsOnePut() throws Exception {
        byte[] segment = randomBytes(16 << 20);

        store().createIfAbsent(KEY, Content.of(segment));

        assertThat(proxy.counts().requests()).isEqualTo(Map.of(PUT_OBJECT, 1));
        assertThat(proxy.counts().bytesUp()).isEqualTo(segment.length);
    }

    @Test
    void readingOneIsOneGet() throws Exception {
        bucket.put(NAME, BYTES);

        assertThat(read(store())).isEqualTo(BYTES);

        assertThat(proxy.counts().requests()).isEqualTo(Map.of(GET_OBJECT, 1));
        assertThat(proxy.counts().bytesDown()).isEqualTo(BYTES.length);
    }

    @Test
    void findingThatThereIsNoneIsOneGet() throws Exception {
        assertThat(store().open(KEY)).isEmpty();

        assertThat(proxy.counts().requests()).isEqualTo(Map.of(GET_OBJECT, 1));
    }

    @Test
    void aConflictCostsOneHead() throws Exception {
        bucket.put(NAME, OTHERS);

        assertThat(create(store())).isEqualTo(CreateOutcome.ALREADY_THERE);

        assertThat(proxy.counts().requests()).isEqualTo(Map.of(PUT_OBJECT, 1, HEAD_OBJECT, 1));
    }

    @Test
    void anUploadThatFitsIntoOnePartIsOnePut() throws Exception {
        assertThat(upload(store(), BYTES)).isEqualTo(CreateOutcome.CREATED);

        assertThat(proxy.counts().requests()).isEqualTo(Map.of(PUT_OBJECT, 1));
    }

    @Test
    void aLargeUploadSendsEachPartOnce() throws Exception {
        byte[] large = randomBytes(2 * PART + 1);

        assertThat(upload(store(), large)).isEqualTo(CreateOutcome.CREATED);

        assertThat(proxy.counts().requests())
                .isEqualTo(Map.of(MULTIPART_CREATE, 1, MULTIPART_PART, 3, MULTIPART_COMPLETE, 1));
        assertThat(bucket.bytes(NAME)).isEqualTo(large);
    }

    static Stream<ByteRange> ranges() {
        return Stream.of(ByteRange.of(100_000, 1_000), ByteRange.of(BYTES.length - 5L, 1_000), ByteRange.last(1_000));
    }

    @ParameterizedTest
    @MethodSource("ranges")
    void aRangeIsOneGetOfNoMoreThanIsAskedForAndTellsTheWholeLength(ByteRange range) throws Exception {
        bucket.put(NAME, BYTES);

        try (Slice slice = store().open(KEY, range).orElseThrow()) {
            int first = (int) slice.first();
            int end = (int) slice.end();
            assertThat(slice.content().readAllBytes()).isEqualTo(Arrays.copyOfRange(BYTES, first, end));
            assertThat(slice.bytesStored()).isEqualTo(BYTES.length);
        }

        assertThat(proxy.counts().requests()).isEqualTo(Map.of(GET_OBJECT, 1));
        assertThat(proxy.counts().bytesDown()).isLessThanOrEqualTo(1_000);
    }

    @Test
    void aThousandObjectsAreDeletedByOneRequest() throws Exception {
        List<ObjectKey> keys = IntStream.range(0, 2_001)
                .mapToObj(i -> ObjectKey.of("wal", "x" + i))
                .toList();

        assertThat(store().deleteAll(keys).failed()).isEmpty();

        assertThat(proxy.counts().requests()).isEqualTo(Map.of(DELETE_OBJECTS, 3));
    }

    @Test
    void aListingIsOneRequestForAPage() throws Exception {
        for (int i = 0; i < 5; i++) {
            bucket.put("pg/wal/d" + i + "/x", OTHERS);
        }
        ObjectStore store = store();

        assertThat(keys(store, "wal")).hasSize(5);
        assertThat(proxy.counts().requests()).isEqualTo(Map.of(LIST, 1));
        assertThat(store.names(ObjectKey.of("wal"))).hasSize(5);
        assertThat(proxy.counts().requests()).isEqualTo(Map.of(LIST, 2));
    }

    @Test
    void whatComesBehindAKeyIsOneRequestHoweverMuchIsBefore() throws Exception {
        for (int i = 0; i < 5; i++) {
            bucket.put("pg/wal/d" + i + "/x", OTHERS);
        }

        try (var behind = store().listAfter(ObjectKey.of("wal"), ObjectKey.of("wal", "d3", "x"))) {
            assertThat(behind.map(each -> each.key().value())).containsExactly("wal/d4/x");
        }
        assertThat(proxy.counts().requests()).isEqualTo(Map.of(LIST, 1));
    }

    @Test
    void lookingUpWhatIsThereIsOneHead() throws Exception {
        bucket.put(NAME, BYTES);

        assertThat(store().head(KEY)).isPresent();

        assertThat(proxy.counts().requests()).isEqualTo(Map.of(HEAD_OBJECT, 1));
    }
}
