package dev.walvault.store.s3;

import static dev.walvault.store.s3.RequestKind.GET_OBJECT;
import static dev.walvault.store.s3.RequestKind.LIST;
import static dev.walvault.store.s3.RequestKind.MULTIPART_PART;
import static dev.walvault.store.s3.RequestKind.PUT_OBJECT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Seeds;
import dev.walvault.observe.Retrying;
import dev.walvault.store.Content;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.s3.Misbehaviour.Break;
import dev.walvault.store.s3.Misbehaviour.Delay;
import dev.walvault.store.s3.Misbehaviour.End;
import dev.walvault.store.s3.Misbehaviour.LoseAnswer;
import dev.walvault.store.s3.Misbehaviour.Refuse;
import dev.walvault.store.s3.Misbehaviour.Say;
import dev.walvault.store.s3.Misbehaviour.SayAfter;
import dev.walvault.store.s3.Misbehaviour.Way;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What passes is tried again; what does not pass ends as an error when the deadline is over. */
class S3RetriesTest extends S3DriverTest {

    static List<Misbehaviour> whatPasses() {
        return List.of(
                new Say(Answer.slowDown()),
                new Say(Answer.tooManyRequests()),
                new Say(Answer.internalError()),
                new Say(Answer.captivePortal(502)),
                new Refuse(End.RESET),
                new Refuse(End.CLOSE),
                new Break(Way.REQUEST, 1_000, End.RESET),
                new Break(Way.RESPONSE, 10, End.CLOSE),
                new Break(Way.RESPONSE, 100_000, End.RESET),
                new Delay(Duration.ofMillis(300)));
    }

    @ParameterizedTest
    @MethodSource("whatPasses")
    void anObjectIsStoredAndReadWhenTheTroubleIsOver(Misbehaviour misbehaviour) throws Exception {
        ObjectStore store = store();
        proxy.add(Rule.on(PUT_OBJECT).times(2).then(misbehaviour));
        proxy.add(Rule.on(GET_OBJECT).times(2).then(misbehaviour));

        assertThat(create(store)).isEqualTo(CreateOutcome.CREATED);

        assertThat(bucket.bytes(NAME)).isEqualTo(BYTES);
        assertThat(read(store)).isEqualTo(BYTES);
    }

    @ParameterizedTest
    @MethodSource("whatPasses")
    void aLargeUploadAndAListingSurviveIt(Misbehaviour misbehaviour) throws Exception {
        ObjectStore store = store();
        byte[] large = randomBytes(2 * PART + 7);
        proxy.add(Rule.on(MULTIPART_PART).times(2).then(misbehaviour));
        proxy.add(Rule.on(LIST).times(2).then(misbehaviour));

        assertThat(upload(store, large)).isEqualTo(CreateOutcome.CREATED);

        assertThat(bucket.bytes(NAME)).isEqualTo(large);
        assertThat(keys(store, "wal")).containsExactly(KEY.value());
    }

    @Test
    void everyOtherAttemptIsTold() throws Exception {
        proxy.add(Rule.on(PUT_OBJECT).times(2).then(new Say(Answer.slowDown())));

        create(store());

        assertThat(events).filteredOn(Retrying.class::isInstance).hasSize(2);
    }

    @Test
    void aStoreThatComesBackWithinTheDeadlineIsWaitedFor() throws Exception {
        ObjectStore store = store("deadline=20s");
        proxy.away();
        var returning = Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(700);
                proxy.back();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });

        assertThat(create(store)).isEqualTo(CreateOutcome.CREATED);
        returning.join();
        assertThat(bucket.bytes(NAME)).isEqualTo(BYTES);
    }

    @Test
    void aStoreThatStaysAwayIsAnErrorForEveryCallAndNeverAbsence() throws Exception {
        ObjectStore store = store("deadline=300ms");
        proxy.away();

        assertEveryCallFails(store, ErrorCode.STORE_UNREACHABLE, "no connection");
    }

    @Test
    void aStoreThatOnlyAnswersWithErrorsIsOneForEveryCallAndNeverAbsence() throws Exception {
        ObjectStore store = store("deadline=300ms");
        proxy.add(Rule.on(_ -> true).then(new Say(Answer.slowDown())));

        assertEveryCallFails(store, ErrorCode.STORE_UNREACHABLE, "503");
    }

    @Test
    void aRefusalIsNotTriedAgain() throws Exception {
        ObjectStore store = store();
        proxy.add(Rule.on(PUT_OBJECT).then(new Say(Answer.accessDenied())));

        assertFails(() -> create(store), ErrorCode.STORE_DENIED, "AccessDenied", "permissions");

        assertThat(proxy.counts().of(PUT_OBJECT)).isEqualTo(1);
    }

    @Test
    void whatIsAcknowledgedUnderRandomTroubleIsThere() throws Exception {
        Seeds.forEach(2, random -> {
            ObjectStore store = store("deadline=30s");
            String run = Long.toHexString(random.nextLong());
            List<ObjectKey> keys = IntStream.range(0, 40)
                    .mapToObj(i -> ObjectKey.of("run", run, "x" + i))
                    .toList();
            proxy.behave();
            for (Misbehaviour each : randomTrouble(random)) {
                proxy.add(Rule.on(_ -> true)
                        .withProbability(0.06, new SplittableRandom(random.nextLong()))
                        .then(each));
            }

            for (ObjectKey key : keys) {
                byte[] bytes = key.value().repeat(3_000).getBytes(StandardCharsets.UTF_8);
                assertThat(store.createIfAbsent(key, Content.of(bytes))).isEqualTo(CreateOutcome.CREATED);
                assertThat(bucket.bytes("pg/" + key)).isEqualTo(bytes);
                try (var in = store.open(key).orElseThrow()) {
                    assertThat(in.readAllBytes()).isEqualTo(bytes);
                }
            }
            assertThat(keys(store, "run/" + run))
                    .containsExactlyInAnyOrderElementsOf(
                            keys.stream().map(ObjectKey::value).toList());
        });
    }

    private static List<Misbehaviour> randomTrouble(RandomGenerator random) {
        return List.of(
                new Refuse(End.RESET),
                new Break(Way.REQUEST, random.nextInt(50_000), End.RESET),
                new Break(Way.RESPONSE, random.nextInt(50_000), End.CLOSE),
                new LoseAnswer(End.RESET),
                new SayAfter(Answer.internalError()),
                new Say(Answer.captivePortal(504)));
    }
}
