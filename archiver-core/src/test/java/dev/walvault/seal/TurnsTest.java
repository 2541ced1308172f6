package dev.walvault.seal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class TurnsTest {
    private final Turns turns = new Turns();

    @Test
    void twoTakeTurns() throws Exception {
        var order = new ArrayList<Integer>();
        var odd = CompletableFuture.runAsync(() -> takeEverySecond(1, order));

        takeEverySecond(0, order);

        odd.get(10, TimeUnit.SECONDS);
        assertThat(order).isEqualTo(IntStream.range(0, 1000).boxed().toList());
    }

    private void takeEverySecond(int first, List<Integer> order) {
        for (int turn = first; turn < 1000; turn += 2) {
            assertThat(turns.await(turn)).isTrue();
            order.add(turn);
            turns.done();
        }
    }

    @Test
    void aTurnThatHasComeIsTakenAfterTheOtherHasEnded() {
        turns.done();
        turns.end();

        assertThat(turns.await(1)).isTrue();
    }

    @Test
    void aTurnThatWillNotComeIsNotWaitedFor() throws Exception {
        var waiting = CompletableFuture.supplyAsync(() -> turns.await(1));

        turns.end();

        assertThat(waiting.get(10, TimeUnit.SECONDS)).isFalse();
        assertThat(turns.await(3)).isFalse();
    }
}
