package dev.walvault.store.s3;

import static dev.walvault.store.s3.RequestKind.GET_OBJECT;
import static dev.walvault.store.s3.RequestKind.LIST;
import static dev.walvault.store.s3.RequestKind.MULTIPART_PART;
import static dev.walvault.store.s3.RequestKind.PUT_OBJECT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.IntegrityException;
import dev.walvault.StoreException;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.s3.Misbehaviour.Flip;
import dev.walvault.store.s3.Misbehaviour.Truncate;
import dev.walvault.store.s3.Misbehaviour.Way;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that change on the way are refused, by whoever gets them, and never taken for the true ones. */
class S3DamageTest extends S3DriverTest {

    @ParameterizedTest
    @ValueSource(strings = {"checksum=crc32c", "checksum=md5"})
    void aByteFlippedOnTheWayUpIsRefusedAndSentAgain(String checksum) throws Exception {
        Rule rule = proxy.add(Rule.on(PUT_OBJECT).once().then(new Flip(Way.REQUEST, 200_000)));

        assertThat(create(store(checksum))).isEqualTo(CreateOutcome.CREATED);

        assertThat(rule.fired()).isEqualTo(1);
        assertThat(bucket.bytes(NAME)).isEqualTo(BYTES);
    }

    @Test
    void whatIsDamagedEveryTimeIsNeverStored() throws Exception {
        proxy.add(Rule.on(PUT_OBJECT).then(new Flip(Way.REQUEST, 200_000)));
        ObjectStore store = store("deadline=1s");

        assertThatThrownBy(() -> create(store)).isInstanceOf(StoreException.class);

        assertThat(bucket.keys()).doesNotContain(NAME);
    }

    @Test
    void aByteFlippedInAPartIsRefusedAndSentAgain() throws Exception {
        byte[] large = randomBytes(2 * PART);
        Rule rule = proxy.add(Rule.on(MULTIPART_PART).once().then(new Flip(Way.REQUEST, PART - 1)));

        assertThat(upload(store(), large)).isEqualTo(CreateOutcome.CREATED);

        assertThat(rule.fired()).isEqualTo(1);
        assertThat(bucket.bytes(NAME)).isEqualTo(large);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 150_000, 299_999})
    void aByteFlippedOnTheWayDownIsNoticed(int at) throws Exception {
        ObjectStore store = store();
        create(store);
        proxy.add(Rule.on(GET_OBJECT).then(new Flip(Way.RESPONSE, at)));

        assertThatThrownBy(() -> read(store))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining(NAME);

        proxy.behave();
        assertThat(read(store)).isEqualTo(BYTES);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 299_999})
    void anObjectThatIsShorterThanItWasIsNoticed(int length) throws Exception {
        ObjectStore store = store();
        create(store);
        proxy.add(Rule.on(GET_OBJECT).then(new Truncate(length)));

        assertThatThrownBy(() -> read(store)).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 300})
    void aListingThatIsCutOffIsNoShorterListing(int length) throws Exception {
        ObjectStore store = store("deadline=1s");
        create(store);
        Rule rule = proxy.add(Rule.on(LIST).once().then(new Truncate(length)));

        assertThat(keys(store, "wal")).containsExactly(KEY.value());
        assertThat(rule.fired()).isEqualTo(1);

        proxy.add(Rule.on(LIST).then(new Truncate(length)));
        assertThatThrownBy(() -> keys(store, "wal")).isInstanceOf(StoreException.class);
    }
}
