package dev.walvault.store.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Faults;
import dev.walvault.StoreException;
import dev.walvault.observe.FakeTime;
import dev.walvault.observe.Heard;
import dev.walvault.observe.Retrying;
import dev.walvault.store.http.Failure.Remedy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RetriesTest {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Fault FAULT = Fault.of(ErrorCode.STORE_UNREACHABLE, "could not test: no");

    private final FakeTime time = new FakeTime(Instant.EPOCH);
    private final Heard heard = new Heard();
    private final AtomicInteger rereads = new AtomicInteger();
    private final Pacer pacer = new Pacer(4, timing());
    private final Retries retries =
            new Retries(pacer, rereads::incrementAndGet, () -> "set the clock", heard, timing(), DEADLINE);

    private Timing timing() {
        return new Timing(time, time, new Random(1));
    }

    private static Retries.Request<String> failing(Failure failure, int times) {
        var left = new AtomicInteger(times);
        return () -> {
            if (left.getAndDecrement() > 0) {
                throw new FailedException(failure);
            }
            return "done";
        };
    }

    @Test
    void whatMayPassIsTriedAgainUntilTheDeadline() throws Exception {
        Failure passing = Failure.of(FAULT, Remedy.TRY_AGAIN);
        assertThat(retries.call("could not test", failing(passing, 3))).isEqualTo("done");
        assertThat(heard.of(Retrying.class)).hasSize(3);

        Instant begin = time.instant();
        Faults.of(() -> retries.call("could not test", failing(passing, 1_000)))
                .is(ErrorCode.STORE_UNREACHABLE)
                .says("could not test: no");
        assertThat(Duration.between(begin, time.instant())).isBetween(Duration.ofSeconds(50), DEADLINE);
        assertThat(time.pauses()).allMatch(pause -> pause.compareTo(Retries.LONGEST_PAUSE) <= 0);
    }

    @Test
    void whatNothingHelpsIsNotTriedAgain() {
        assertThatThrownBy(() -> retries.call("could not test", failing(Failure.of(FAULT, Remedy.NOTHING), 1)))
                .isInstanceOf(StoreException.class);

        assertThat(time.pauses()).isEmpty();
    }

    @Test
    void credentialsAreReadAgainOnceForEachThing() {
        Failure refused = Failure.of(FAULT, Remedy.REREAD_CREDENTIALS);

        assertThatThrownBy(() -> retries.call("could not test", failing(refused, 10)))
                .isInstanceOf(StoreException.class);

        assertThat(rereads).hasValue(1);
    }

    @Test
    void aWrongClockIsToldOnce() throws Exception {
        retries.call("could not test", failing(Failure.of(FAULT, Remedy.CORRECT_CLOCK), 2));

        assertThat(heard.warnings()).containsExactly("set the clock");
    }

    @Test
    void aServiceThatWantsLessIsAskedForLessAndGetsThePauseThatItWants() throws Exception {
        Failure slower = Failure.of(FAULT, Remedy.SLOW_DOWN).asked(Optional.of(Duration.ofSeconds(7)));

        retries.call("could not test", failing(slower, 1));

        assertThat(time.instant()).isEqualTo(Instant.EPOCH.plusSeconds(7));
        assertThat(pacer.allowed()).isLessThan(4);
    }

    @Test
    void anErrorOfOursIsNotTriedAgainAndKeepsItsCode() {
        Faults.of(() -> retries.call("could not test", () -> {
                    throw Fault.of(ErrorCode.CONFIGURATION, "the region is not known")
                            .configuration();
                }))
                .is(ErrorCode.CONFIGURATION)
                .says("could not test: the region is not known");
        assertThat(time.pauses()).isEmpty();
    }

    @Test
    void aThreadThatIsInterruptedStopsAtOnce() {
        Thread.currentThread().interrupt();

        Faults.of(() -> retries.call("could not test", () -> "never")).is(ErrorCode.CANCELLED);
        assertThat(Thread.interrupted()).isTrue();
    }
}
