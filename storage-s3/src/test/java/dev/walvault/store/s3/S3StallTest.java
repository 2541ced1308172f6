package dev.walvault.store.s3;

import static dev.walvault.store.s3.RequestKind.GET_OBJECT;
import static dev.walvault.store.s3.RequestKind.LIST;
import static dev.walvault.store.s3.RequestKind.MULTIPART_PART;
import static dev.walvault.store.s3.RequestKind.PUT_OBJECT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.s3.Misbehaviour.Break;
import dev.walvault.store.s3.Misbehaviour.End;
import dev.walvault.store.s3.Misbehaviour.Refuse;
import dev.walvault.store.s3.Misbehaviour.Slow;
import dev.walvault.store.s3.Misbehaviour.Way;
import org.junit.jupiter.api.Test;

/** A connection on which too few bytes pass is given up; one that is only slow is not. */
class S3StallTest extends S3DriverTest {
    private static final byte[] LARGE = randomBytes(2 * PART);

    @Test
    void aRequestThatNobodyReadsIsSentAgain() throws Exception {
        proxy.add(Rule.on(PUT_OBJECT).once().then(new Refuse(End.HANG)));

        assertThat(create(store())).isEqualTo(CreateOutcome.CREATED);
        assertThat(proxy.counts().of(PUT_OBJECT)).isEqualTo(2);
    }

    @Test
    void aPartThatStopsInTheMiddleIsSentAgain() throws Exception {
        proxy.add(Rule.on(MULTIPART_PART).once().then(new Break(Way.REQUEST, PART / 2, End.HANG)));

        assertThat(upload(store(), LARGE)).isEqualTo(CreateOutcome.CREATED);
        assertThat(proxy.counts().of(MULTIPART_PART)).isEqualTo(3);
        assertThat(bucket.bytes(NAME)).isEqualTo(LARGE);
    }

    @Test
    void aResponseThatStopsInTheMiddleGoesOnElsewhere() throws Exception {
        bucket.put(NAME, LARGE);
        proxy.add(Rule.on(GET_OBJECT).once().then(new Break(Way.RESPONSE, PART, End.HANG)));

        assertThat(read(store())).isEqualTo(LARGE);
        assertThat(proxy.counts().of(GET_OBJECT)).isEqualTo(2);
        assertThat(proxy.counts().bytesDown()).isLessThan(LARGE.length + PART);
    }

    @Test
    void aListingThatNeverComesIsAskedForAgain() throws Exception {
        bucket.put(NAME, OTHERS);
        proxy.add(Rule.on(LIST).once().then(new Refuse(End.HANG)));

        assertThat(keys(store(), "wal")).hasSize(1);
    }

    @Test
    void aResponseThatTricklesIsGivenUp() throws Exception {
        bucket.put(NAME, BYTES);
        Rule rule = proxy.add(Rule.on(GET_OBJECT).once().then(new Slow(Way.RESPONSE, 1_000)));

        assertThat(read(store("stall-rate=20k"))).isEqualTo(BYTES);
        assertThat(rule.fired()).isEqualTo(1);
        assertThat(proxy.counts().of(GET_OBJECT)).isEqualTo(2);
    }

    @Test
    void aResponseThatIsOnlySlowIsNot() throws Exception {
        bucket.put(NAME, BYTES);
        proxy.add(Rule.on(GET_OBJECT).then(new Slow(Way.RESPONSE, 120_000)));

        assertThat(read(store("stall-rate=20k", "deadline=1s"))).isEqualTo(BYTES);
        assertThat(proxy.counts().of(GET_OBJECT)).isEqualTo(1);
    }

    @Test
    void aStoreThatNeverAnswersIsAnError() throws Exception {
        ObjectStore store = store("deadline=1s");
        proxy.add(Rule.on(_ -> true).then(new Refuse(End.HANG)));

        assertFails(() -> create(store), ErrorCode.STORE_UNREACHABLE, "not known whether");
        assertFails(() -> store.open(KEY), ErrorCode.STORE_UNREACHABLE);
    }
}
