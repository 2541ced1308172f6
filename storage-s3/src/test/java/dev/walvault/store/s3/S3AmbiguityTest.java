package dev.walvault.store.s3;

import static dev.walvault.store.s3.RequestKind.HEAD_OBJECT;
import static dev.walvault.store.s3.RequestKind.MULTIPART_COMPLETE;
import static dev.walvault.store.s3.RequestKind.PUT_OBJECT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.s3.Misbehaviour.End;
import dev.walvault.store.s3.Misbehaviour.LoseAnswer;
import dev.walvault.store.s3.Misbehaviour.Refuse;
import dev.walvault.store.s3.Misbehaviour.Say;
import dev.walvault.store.s3.Misbehaviour.SayAfter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A conditional write whose answer is lost may have created the object: created, already there, or not known, never
 * guessed.
 */
class S3AmbiguityTest extends S3DriverTest {
    private static final byte[] LARGE = randomBytes(PART + 1_000);

    static List<Misbehaviour> answersLostAfterTheBytesLanded() {
        return List.of(
                new LoseAnswer(End.RESET),
                new LoseAnswer(End.CLOSE),
                new LoseAnswer(End.HANG),
                new SayAfter(Answer.internalError()),
                new SayAfter(Answer.slowDown()),
                new SayAfter(Answer.captivePortal(502)));
    }

    @ParameterizedTest
    @MethodSource("answersLostAfterTheBytesLanded")
    void anObjectOfOursWhoseAnswerWasLostIsCreated(Misbehaviour misbehaviour) throws Exception {
        proxy.add(Rule.on(PUT_OBJECT).once().then(misbehaviour));

        assertThat(create(store())).isEqualTo(CreateOutcome.CREATED);

        assertThat(bucket.bytes(NAME)).isEqualTo(BYTES);
        assertThat(proxy.counts().requests()).isEqualTo(Map.of(PUT_OBJECT, 2, HEAD_OBJECT, 1));
    }

    @ParameterizedTest
    @MethodSource("answersLostAfterTheBytesLanded")
    void aMultipartUploadOfOursWhoseAnswerWasLostIsCreated(Misbehaviour misbehaviour) throws Exception {
        proxy.add(Rule.on(MULTIPART_COMPLETE).once().then(misbehaviour));

        assertThat(upload(store(), LARGE)).isEqualTo(CreateOutcome.CREATED);

        assertThat(bucket.bytes(NAME)).isEqualTo(LARGE);
        assertThat(bucket.uploads()).isEmpty();
    }

    @Test
    void anObjectOfAnotherThatCameFirstIsAlreadyThere() throws Exception {
        bucket.put(NAME, OTHERS);
        proxy.add(Rule.on(PUT_OBJECT).once().then(new LoseAnswer(End.RESET)));

        assertThat(create(store())).isEqualTo(CreateOutcome.ALREADY_THERE);
        assertThat(bucket.bytes(NAME)).isEqualTo(OTHERS);
    }

    @Test
    void anObjectOfAnotherThatLandsBetweenTwoAttemptsIsAlreadyThere() throws Exception {
        proxy.add(Rule.on(this::anotherComesFirst).once().then(new Refuse(End.RESET)));

        assertThat(create(store())).isEqualTo(CreateOutcome.ALREADY_THERE);
        assertThat(bucket.bytes(NAME)).isEqualTo(OTHERS);
    }

    @Test
    void anObjectOfAnotherThatLandsBeforeAMultipartUploadCompletesIsAlreadyThere() throws Exception {
        proxy.add(Rule.on(this::anotherComesFirst).once().then(new LoseAnswer(End.RESET)));

        assertThat(upload(store(), LARGE)).isEqualTo(CreateOutcome.ALREADY_THERE);
        assertThat(bucket.bytes(NAME)).isEqualTo(OTHERS);
        assertThat(bucket.uploads()).isEmpty();
    }

    @Test
    void aRefusedCompletionThatSaysSuccessInItsStatusIsTriedAgain() throws Exception {
        Rule rule = proxy.add(Rule.on(MULTIPART_COMPLETE).times(2).then(new Say(Answer.errorWithinSuccess())));

        assertThat(upload(store(), LARGE)).isEqualTo(CreateOutcome.CREATED);

        assertThat(rule.fired()).isEqualTo(2);
        assertThat(bucket.bytes(NAME)).isEqualTo(LARGE);
    }

    @Test
    void aCompletionThatNeverSucceedsIsAnErrorAndLeavesNothing() throws Exception {
        proxy.add(Rule.on(MULTIPART_COMPLETE).then(new Say(Answer.errorWithinSuccess())));
        ObjectStore store = store("deadline=1s");

        assertFails(() -> upload(store, LARGE), ErrorCode.STORE_UNREACHABLE, "InternalError");
        assertThat(bucket.keys()).doesNotContain(NAME);
        assertThat(bucket.uploads()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("answersLostAfterTheBytesLanded")
    void whoseItIsThatCannotBeAskedIsNeverGuessed(Misbehaviour misbehaviour) throws Exception {
        proxy.add(Rule.on(PUT_OBJECT).once().then(misbehaviour));
        proxy.add(Rule.on(HEAD_OBJECT).then(new Say(Answer.internalError())));
        ObjectStore store = store("deadline=2s");

        assertFails(() -> create(store), ErrorCode.STORE_UNREACHABLE, "not known whether", NAME);

        proxy.behave();
        assertThat(create(store)).as("another writer's by now").isEqualTo(CreateOutcome.ALREADY_THERE);
    }

    @Test
    void aServiceThatHasForgottenACompletedUploadIsAskedWhoseTheObjectIs() throws Exception {
        proxy.add(Rule.on(MULTIPART_COMPLETE).once().then(new LoseAnswer(End.RESET)));
        proxy.add(Rule.on(MULTIPART_COMPLETE).then(new Say(Answer.error(404, "NoSuchUpload"))));

        assertThat(upload(store(), LARGE)).isEqualTo(CreateOutcome.CREATED);
        assertThat(proxy.counts().of(HEAD_OBJECT)).isEqualTo(1);
    }

    @Test
    void aServiceThatHasForgottenAnUploadWithoutAnObjectIsAnError() throws Exception {
        proxy.add(Rule.on(MULTIPART_COMPLETE).then(new Say(Answer.error(404, "NoSuchUpload"))));
        ObjectStore store = store("deadline=1s");

        assertFails(() -> upload(store, LARGE), ErrorCode.STORE_UNREACHABLE);
        assertThat(bucket.uploads()).isEmpty();
    }

    @Test
    void whoseAMultipartUploadIsThatCannotBeAskedIsNeverGuessed() throws Exception {
        proxy.add(Rule.on(MULTIPART_COMPLETE).once().then(new LoseAnswer(End.RESET)));
        proxy.add(Rule.on(MULTIPART_COMPLETE).then(new Say(Answer.error(404, "NoSuchUpload"))));
        proxy.add(Rule.on(HEAD_OBJECT).then(new Say(Answer.accessDenied())));
        ObjectStore store = store("deadline=2s");

        assertFails(() -> upload(store, LARGE), ErrorCode.STORE_DENIED, "not known whether");
    }

    @Test
    void aStoreThatGoesAwayAfterTheBytesLandedIsNoSuccess() throws Exception {
        proxy.add(Rule.on(PUT_OBJECT).once().then(new LoseAnswer(End.RESET)));
        proxy.add(Rule.on(_ -> true).then(new Refuse(End.RESET)));
        ObjectStore store = store("deadline=1s");

        assertFails(() -> create(store), ErrorCode.STORE_UNREACHABLE, "not known whether");
    }

    private boolean anotherComesFirst(S3Request request) {
        boolean publishes = PUT_OBJECT.test(request) || MULTIPART_COMPLETE.test(request);
        if (publishes && bucket.keys().stream().noneMatch(NAME::equals)) {
            bucket.put(NAME, OTHERS);
        }
        return publishes;
    }
}
