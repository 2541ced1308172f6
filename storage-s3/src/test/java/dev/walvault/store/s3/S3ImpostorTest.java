package dev.walvault.store.s3;

import static dev.walvault.store.s3.RequestKind.GET_OBJECT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ErrorCode;
import dev.walvault.StoreException;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.s3.Misbehaviour.Say;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Absence, success and emptiness are believed only when S3 itself says so, about our bucket. */
class S3ImpostorTest extends S3DriverTest {

    static List<Answer> answersThatAreNotOfS3() {
        return List.of(
                Answer.captivePortal(404),
                Answer.captivePortal(403),
                Answer.captivePortal(302),
                new Answer(404, List.of(), ""),
                new Answer(404, List.of("Content-Type: application/json"), "{\"error\": \"no route\"}"));
    }

    @ParameterizedTest
    @MethodSource("answersThatAreNotOfS3")
    void anAnswerOfSomethingOnTheWayIsAnErrorForEveryCall(Answer answer) throws Exception {
        ObjectStore store = store("deadline=300ms");
        proxy.add(Rule.on(_ -> true).then(new Say(answer)));

        everyCall(store)
                .forEach((name, call) -> assertThatThrownBy(call).as(name).isInstanceOf(StoreException.class));
    }

    @Test
    void aPageForPeopleIsNoSuccessOfAWriteNorAnEmptyListing() throws Exception {
        ObjectStore store = store("deadline=300ms");
        proxy.add(Rule.on(_ -> true).then(new Say(Answer.captivePortal(200))));

        Map<String, ThrowingCallable> calls = everyCall(store);
        // whose content is judged by whoever reads it
        calls.remove("open");
        calls.forEach((name, call) -> assertThatThrownBy(call).as(name).isInstanceOf(StoreException.class));
    }

    @Test
    void aBucketThatDoesNotExistIsAnErrorForEveryCall() throws Exception {
        String missing = new S3Bucket(bucket.server(), "no-such-bucket").location("pg", "deadline=300ms");
        ObjectStore store = storeAt(missing);

        Map<String, ThrowingCallable> calls = everyCall(store);
        // to this server what is in no bucket is deleted
        calls.remove("delete several");
        calls.forEach((_, call) -> assertFails(call, ErrorCode.STORE_UNREACHABLE, "no-such-bucket"));
    }

    @Test
    void aBucketThatVanishesIsAnErrorThatSaysSo() throws Exception {
        ObjectStore store = store("deadline=300ms");
        proxy.add(Rule.on(GET_OBJECT).then(new Say(Answer.noSuchBucket())));

        assertFails(() -> store.open(KEY), ErrorCode.STORE_UNREACHABLE, "NoSuchBucket", "Create bucket");
    }

    @Test
    void aKeyIsAbsentOnlyWhenS3SaysThatTheKeyIs() throws Exception {
        ObjectStore store = store();

        assertThat(store.open(KEY)).isEmpty();
        assertThat(store.head(KEY)).isEmpty();
        assertThat(store.delete(KEY)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pg/wal/.hidden",
                "pg/wal/with space",
                "pg/wal/ümlaut",
                "pg/wal/a&b<c>",
                "pg/wal/dir/.part/x",
                "pgx/wal/x",
                "wal/x",
                "other"
            })
    void anObjectOfSomebodyElseIsLeftAlone(String foreign) throws Exception {
        ObjectStore store = store();
        create(store);
        bucket.put(foreign, OTHERS);

        assertThat(keys(store, "wal")).containsExactly(KEY.value());
        assertThat(store.names(ObjectKey.of("wal"))).contains(KEY.name()).allMatch(ObjectKey::isName);
        assertThat(bucket.bytes(foreign)).isEqualTo(OTHERS);
    }
}
