package dev.walvault.store.s3;

import static dev.walvault.store.s3.RequestKind.MULTIPART_PART;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.observe.FakeTime;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.http.Timing;
import dev.walvault.store.s3.Misbehaviour.Delay;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The driver takes no more of the network than the options of a vault's URL allow. */
class S3LimitsTest extends S3DriverTest {
    /** Waits below 10 ms are gathered. */
    private static final Duration AT_10K = Duration.ofMillis(BYTES.length * 1000L / 10_240 - 10);

    @Test
    void noMoreRequestsAreUnderWayThanConnectionsAreAllowed() throws Exception {
        proxy.add(Rule.on(MULTIPART_PART).then(new Delay(Duration.ofMillis(100))));
        ObjectStore store = store("connections=1", "parts-in-flight=4");

        upload(store, randomBytes(4 * PART));

        assertThat(proxy.counts().mostAtOnce(MULTIPART_PART)).isEqualTo(1);
    }

    @Test
    void bytesThatAreSentTakeTheTimeOfTheirLimit() throws Exception {
        assertThat(timeOf("limit-upload=10k", S3DriverTest::create)).isBetween(AT_10K, AT_10K.plusMillis(20));
        assertThat(timeOf("limit-upload=10k", S3DriverTest::read)).isZero();
    }

    @Test
    void bytesThatAreReceivedTakeTheTimeOfTheirLimit() throws Exception {
        bucket.put(NAME, BYTES);

        assertThat(timeOf("limit-download=10k", S3DriverTest::read)).isBetween(AT_10K, AT_10K.plusMillis(20));
        assertThat(timeOf("limit-download=10k", S3DriverTest::create)).isLessThan(Duration.ofSeconds(1));
    }

    @FunctionalInterface
    private interface Use {
        Object of(ObjectStore store) throws IOException;
    }

    /** How long {@code use} lasts on a clock on which nothing takes time but waiting for a limit. */
    private Duration timeOf(String limit, Use use) throws Exception {
        var time = new FakeTime(Instant.EPOCH);
        ObjectStore store =
                storeAt(bucket.locationAt(proxy.endpoint(), "pg", limit), new Timing(time, time, new Random(1)));
        use.of(store);
        return Duration.between(Instant.EPOCH, time.instant());
    }
}
