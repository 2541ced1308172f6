package dev.walvault.store.s3;

import static dev.walvault.store.s3.RequestKind.DELETE_OBJECTS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.store.Deletion;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.s3.Misbehaviour.End;
import dev.walvault.store.s3.Misbehaviour.Flip;
import dev.walvault.store.s3.Misbehaviour.LoseAnswer;
import dev.walvault.store.s3.Misbehaviour.Say;
import dev.walvault.store.s3.Misbehaviour.Way;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several objects deleted at once: what is reported as gone is what the service has named, key by key. */
class S3DeletionTest extends S3DriverTest {
    private static final ObjectKey A = ObjectKey.of("wal", "a");
    private static final ObjectKey B = ObjectKey.of("wal", "b");
    private static final List<ObjectKey> BOTH = List.of(A, B);

    @BeforeEach
    void fill() {
        BOTH.forEach(each -> bucket.put("pg/" + each, OTHERS));
    }

    private static String deleted(ObjectKey key) {
        return "<Deleted><Key>pg/" + key + "</Key></Deleted>";
    }

    private static String refused(ObjectKey key, String code) {
        return "<Error><Key>pg/" + key + "</Key><Code>" + code + "</Code><Message>no</Message></Error>";
    }

    private static Say says(String... results) {
        return new Say(new Answer(
                200,
                List.of("Content-Type: application/xml"),
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><DeleteResult>" + String.join("", results)
                        + "</DeleteResult>"));
    }

    @Test
    void aKeyThatIsRefusedIsReportedAndTheOthersAreGone() throws Exception {
        ObjectStore store = store();
        proxy.add(Rule.on(DELETE_OBJECTS).then(says(deleted(A), refused(B, "AccessDenied"))));

        Deletion deletion = store.deleteAll(BOTH);

        assertThat(deletion.failed()).containsOnlyKeys(B);
        assertFails(deletion::orThrow, ErrorCode.STORE_DENIED, "wal/b", "AccessDenied", "permissions");
        assertThat(proxy.counts().of(DELETE_OBJECTS)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"InternalError", "SlowDown", "ServiceUnavailable"})
    void aKeyThatFailsForAMomentIsAskedForAgainAloneAmongTheOthers(String code) throws Exception {
        ObjectStore store = store();
        // says of A what is not so: if A is there in the end, it was not asked for again
        proxy.add(Rule.on(DELETE_OBJECTS).once().then(says(deleted(A), refused(B, code))));

        assertThat(store.deleteAll(BOTH).failed()).isEmpty();

        assertThat(bucket.keys()).containsExactly("pg/" + A);
        assertThat(proxy.counts().of(DELETE_OBJECTS)).isEqualTo(2);
    }

    @Test
    void aKeyThatFailsUntilTheDeadlineDoesNotKeepThoseOfTheNextRequest() throws Exception {
        ObjectStore store = store("deadline=1ms");
        List<ObjectKey> many = IntStream.range(0, S3Deletion.BATCH - 1)
                .mapToObj(i -> ObjectKey.of("wal", "c" + i))
                .toList();
        String[] results = Stream.concat(
                        Stream.of(refused(A, "InternalError")), many.stream().map(S3DeletionTest::deleted))
                .toArray(String[]::new);
        proxy.add(Rule.on(DELETE_OBJECTS).once().then(says(results)));
        List<ObjectKey> all =
                Stream.of(List.of(A), many, List.of(B)).flatMap(List::stream).toList();

        assertThat(store.deleteAll(all).failed()).containsOnlyKeys(A);

        assertThat(bucket.keys()).containsExactly("pg/" + A);
    }

    @Test
    void aKeyThatTheServiceLeavesOutIsNotGone() throws Exception {
        ObjectStore store = store("deadline=300ms");
        proxy.add(Rule.on(DELETE_OBJECTS).then(says(deleted(A))));

        Deletion deletion = store.deleteAll(BOTH);

        assertThat(deletion.failed()).containsOnlyKeys(B);
        assertFails(deletion::orThrow, ErrorCode.STORE_UNREACHABLE, "does not say what became of 1", "wal/b");
    }

    @Test
    void aKeyThatIsBothDeletedAndRefusedIsRefused() throws Exception {
        ObjectStore store = store();
        proxy.add(Rule.on(DELETE_OBJECTS)
                .then(says(deleted(A), deleted(B), refused(B, "AccessDenied"), deleted(ObjectKey.of("other")))));

        assertThat(store.deleteAll(BOTH).failed()).containsOnlyKeys(B);
    }

    @Test
    void anAnswerThatIsLostIsAskedForAgain() throws Exception {
        ObjectStore store = store();
        proxy.add(Rule.on(DELETE_OBJECTS).once().then(new LoseAnswer(End.RESET)));

        assertThat(store.deleteAll(BOTH).failed()).isEmpty();
        assertThat(bucket.keys()).isEmpty();
    }

    @Test
    void whenAllIsRefusedNothingMoreIsAskedAndNothingIsGone() throws Exception {
        ObjectStore store = store();
        List<ObjectKey> many = IntStream.range(0, S3Deletion.BATCH + 1)
                .mapToObj(i -> ObjectKey.of("wal", "c" + i))
                .toList();
        proxy.add(Rule.on(DELETE_OBJECTS).then(new Say(Answer.accessDenied())));

        Deletion deletion = store.deleteAll(many);

        assertThat(deletion.failed()).containsOnlyKeys(many.toArray(ObjectKey[]::new));
        assertFails(
                deletion::orThrow, ErrorCode.STORE_DENIED, "1000 objects", "1000 more objects could not be deleted");
        assertThat(proxy.counts().of(DELETE_OBJECTS)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"checksum=crc32c", "checksum=md5", "checksum=none"})
    void aListOfKeysHasTheChecksumThatEveryServiceKnows(String checksum) throws Exception {
        List<S3Request> asked = new CopyOnWriteArrayList<>();
        proxy.add(request -> {
            asked.add(request);
            return Optional.empty();
        });

        assertThat(store(checksum).deleteAll(BOTH).failed()).isEmpty();

        assertThat(asked).singleElement().satisfies(request -> {
            assertThat(request.header("Content-MD5")).isPresent();
            assertThat(request.header("Content-Length")).isPresent();
            assertThat(request.hasHeaderLike("x-amz-trailer")).isFalse();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"checksum=crc32c", "checksum=md5", "checksum=none"})
    void aListOfKeysThatIsDamagedOnItsWayDeletesNothing(String checksum) throws Exception {
        bucket.put("pg/wal/c", OTHERS);
        ObjectStore store = store(checksum);
        String body =
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                        + "<Object><Key>pg/wal/";
        // turns b into c
        Rule rule = proxy.add(Rule.on(DELETE_OBJECTS).once().then(new Flip(Way.REQUEST, body.length())));

        assertThat(store.deleteAll(List.of(B)).failed()).isEmpty();

        assertThat(rule.fired()).isEqualTo(1);
        assertThat(bucket.keys()).containsExactly("pg/" + A, "pg/wal/c");
    }
}
