package dev.walvault.store.http;

import dev.walvault.ArchiverException;
import dev.walvault.ConfigurationException;
import dev.walvault.LockException;
import dev.walvault.observe.Listener;
import dev.walvault.observe.Retrying;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * The one layer that tries again: exponential pauses of random length under a total deadline, all requests of the store
 * paced together. What a failure means has its driver judged.
 */
public final class Retries {
    /** The longest that the first pause may be. */
    public static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    /** The longest that any pause may be, unless the service asks for a longer one. */
    public static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

    private final Pacer pacer;
    private final Runnable rereadCredentials;
    private final Supplier<String> clockWarning;
    private final Listener listener;
    private final Timing timing;
    private final Duration deadline;
    private final AtomicBoolean clockReported = new AtomicBoolean();

    /**
     * All requests of one store.
     *
     * @param rereadCredentials what to do before another attempt when the service refuses the credentials
     * @param clockWarning what to say, once, when a clock is wrong
     * @param deadline for how long one thing is tried
     */
    public Retries(
            Pacer pacer,
            Runnable rereadCredentials,
            Supplier<String> clockWarning,
            Listener listener,
            Timing timing,
            Duration deadline) {
        this.clockWarning = clockWarning;
        this.pacer = pacer;
        this.rereadCredentials = rereadCredentials;
        this.listener = listener;
        this.timing = timing;
        this.deadline = deadline;
    }

    /** One request, whose failure its driver has judged. */
    @FunctionalInterface
    public interface Request<T> {
        /** Sends it and returns the answer. */
        T send() throws FailedException, ConfigurationException;
    }

    /**
     * Sends {@code request} until it succeeds, or the deadline is over, or it cannot succeed; {@code failed} begins the
     * error.
     */
    public <T> T call(String failed, Request<T> request) throws ArchiverException {
        Tries tries = tries(failed);
        while (true) {
            try {
                return tries.once(request);
            } catch (FailedException e) {
                if (!tries.again(e.failure())) {
                    throw e.failure().exception();
                }
            }
        }
    }

    /** For whoever has to look at each attempt; the deadline runs from now. */
    public Tries tries(String failed) {
        return new Tries(failed, timing.now().plus(deadline));
    }

    /** The same with less patience, for what is only tidying up. */
    public Tries tries(String failed, Duration patience) {
        return new Tries(failed, timing.now().plus(patience));
    }

    /** The attempts at one thing. Not safe for several threads. */
    public final class Tries {
        private final String failed;
        private final Instant end;
        private Duration ceiling = FIRST_PAUSE;
        private boolean credentialsReread;

        private Tries(String failed, Instant end) {
            this.failed = failed;
            this.end = end;
        }

        /** One attempt. */
        public <T> T once(Request<T> request) throws FailedException {
            try {
                pacer.begin();
            } catch (LockException e) {
                throw new FailedException(Failure.interrupted(failed, e));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new FailedException(Failure.interrupted(failed, e));
            }
            Duration slower = Duration.ZERO;
            boolean succeeded = false;
            try {
                T answer = request.send();
                succeeded = true;
                return answer;
            } catch (FailedException e) {
                if (e.failure().remedy() != Failure.Remedy.SLOW_DOWN) {
                    throw e;
                }
                slower = e.failure().askedPause().orElse(pauseBelow(ceiling));
                throw new FailedException(e.failure().asked(Optional.of(slower)));
            } catch (ConfigurationException e) {
                throw new FailedException(Failure.ours(failed, e, e));
            } finally {
                if (succeeded) {
                    pacer.succeeded();
                } else if (slower.isPositive()) {
                    pacer.slowDown(slower);
                } else {
                    pacer.failed();
                }
            }
        }

        /** Pauses before another attempt; {@code false} if none makes sense, or time is up. */
        public boolean again(Failure failure) throws ArchiverException {
            switch (failure.remedy()) {
                case NOTHING -> {
                    return false;
                }
                case REREAD_CREDENTIALS -> {
                    if (credentialsReread) {
                        return false;
                    }
                    credentialsReread = true;
                    rereadCredentials.run();
                }
                case CORRECT_CLOCK -> {
                    if (!clockReported.getAndSet(true)) {
                        listener.on(new HttpEvent.ClockDiffers(clockWarning.get()));
                    }
                }
                case TRY_AGAIN, SLOW_DOWN -> {
                    // after the pause below
                }
            }
            Duration pause = failure.askedPause().orElse(pauseBelow(ceiling));
            Duration doubled = ceiling.multipliedBy(2);
            ceiling = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
            if (timing.now().plus(pause).isAfter(end)) {
                return false;
            }
            listener.on(new Retrying(failure.exception(), pause));
            try {
                timing.pause().sleep(pause);
            } catch (LockException e) {
                throw Failure.interrupted(failed, e).exception();
            }
            return true;
        }

        /** Any length up to {@code ceiling}, so that those who failed together do not come again together. */
        private Duration pauseBelow(Duration ceiling) {
            return Duration.ofMillis(1 + timing.random().nextLong(ceiling.toMillis()));
        }
    }
}
