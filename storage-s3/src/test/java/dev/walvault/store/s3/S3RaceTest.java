package dev.walvault.store.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.store.Content;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class S3RaceTest extends S3DriverTest {
    private static final int ROUNDS = 500;

    @Test
    void ofTwoServersThatRaceForOneNameExactlyOneWinsEveryTime() throws Exception {
        ObjectStore one = storeAt(bucket.location("pg"));
        ObjectStore other = storeAt(bucket.location("pg"));
        var start = new CyclicBarrier(2);
        int wonByOne = 0;

        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            for (int round = 0; round < ROUNDS; round++) {
                var key = ObjectKey.of("race", "round-" + round);
                Future<CreateOutcome> first = threads.submit(racer(one, start, key, "one"));
                Future<CreateOutcome> second = threads.submit(racer(other, start, key, "other"));

                boolean oneWon = first.get() == CreateOutcome.CREATED;
                assertThat(second.get()).isEqualTo(oneWon ? CreateOutcome.ALREADY_THERE : CreateOutcome.CREATED);
                assertThat(bucket.bytes("pg/" + key))
                        .asString(StandardCharsets.UTF_8)
                        .isEqualTo((oneWon ? "one" : "other") + " " + key);
                wonByOne += oneWon ? 1 : 0;
            }
        }

        // or it was no race
        assertThat(wonByOne).isBetween(1, ROUNDS - 1);
    }

    private static Callable<CreateOutcome> racer(ObjectStore store, CyclicBarrier start, ObjectKey key, String name) {
        byte[] bytes = (name + " " + key).getBytes(StandardCharsets.UTF_8);
        return () -> {
            start.await();
            return store.createIfAbsent(key, Content.of(bytes));
        };
    }
}
