package dev.walvault.store.s3;

import dev.walvault.ConfigurationException;
import dev.walvault.LockException;
import dev.walvault.StoreException;
import dev.walvault.observe.Event;
import dev.walvault.observe.Listener;
import dev.walvault.store.http.Pacer;
import dev.walvault.store.http.Timing;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The one layer that tries again: exponential pauses of random length under a total deadline, all requests of the store
 * paced together. What failed is judged by {@link S3Errors}.
 */
final class S3Retry {
    static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

    private final ClientSource client;
    private final S3Errors errors;
    private final Pacer pacer;
    private final Runnable rereadCredentials;
    private final Listener listener;
    private final Timing timing;
    private final Duration deadline;
    private final AtomicBoolean clockReported = new AtomicBoolean();

    S3Retry(
            ClientSource client,
            S3Errors errors,
            Pacer pacer,
            Runnable rereadCredentials,
            Listener listener,
            Timing timing,
            Duration deadline) {
        this.client = client;
        this.errors = errors;
        this.pacer = pacer;
        this.rereadCredentials = rereadCredentials;
        this.listener = listener;
        this.timing = timing;
        this.deadline = deadline;
    }

    /** Where the SDK's client comes from, which is made by the first request. */
    @FunctionalInterface
    interface ClientSource {
        S3Client client() throws ConfigurationException;
    }

    /** One request; what it throws is judged, an {@link S3FailedException} is taken as it is. */
    @FunctionalInterface
    interface Request<T> {
        T send(S3Client client) throws S3FailedException;
    }

    /** Sends {@code request} until it succeeds, or the deadline is over, or it cannot succeed; {@code failed} begins the error. */
    <T> T call(String failed, Request<T> request) throws StoreException {
        Tries tries = tries(failed);
        while (true) {
            try {
                return tries.once(request);
            } catch (S3FailedException e) {
                if (!tries.again(e.failure())) {
                    throw e.failure().exception();
                }
            }
        }
    }

    /** What an error within an answer means, which is no attempt of its own. */
    S3Failure judge(String failed, SdkException thrown) {
        return errors.judge(failed, thrown);
    }

    /** For whoever has to look at each attempt; the deadline runs from now. */
    Tries tries(String failed) {
        return new Tries(failed, timing.now().plus(deadline));
    }

    /** The same with less patience, for what is only tidying up. */
    Tries tries(String failed, Duration patience) {
        return new Tries(failed, timing.now().plus(patience));
    }

    /** The attempts at one thing. Not safe for several threads. */
    final class Tries {
        private final String failed;
        private final Instant end;
        private Duration ceiling = FIRST_PAUSE;
        private boolean credentialsReread;

        private Tries(String failed, Instant end) {
            this.failed = failed;
            this.end = end;
        }

        <T> T once(Request<T> request) throws S3FailedException {
            try {
                pacer.begin();
            } catch (LockException e) {
                throw new S3FailedException(errors.judge(failed, e));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new S3FailedException(S3Errors.interrupted(failed, e));
            }
            Duration slower = Duration.ZERO;
            boolean succeeded = false;
            try {
                T answer = request.send(client.client());
                succeeded = true;
                return answer;
            } catch (SdkException e) {
                S3Failure failure = errors.judge(failed, e);
                if (failure.remedy() == S3Failure.Remedy.SLOW_DOWN) {
                    slower = failure.askedPause().orElse(pauseBelow(ceiling));
                    failure = failure.asked(Optional.of(slower));
                }
                throw new S3FailedException(failure);
            } catch (ConfigurationException e) {
                throw new S3FailedException(errors.judge(failed, e));
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

        /** A failure while an answer was read, which is no attempt of its own. */
        S3Failure judge(IOException thrown) {
            return errors.judge(failed, thrown);
        }

        S3Failure judge(SdkException thrown) {
            return errors.judge(failed, thrown);
        }

        /** Pauses before another attempt; {@code false} if none makes sense, or time is up. */
        boolean again(S3Failure failure) throws StoreException {
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
                        listener.on(new Event.Warning(errors.service().clockWarning()));
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
            listener.on(new Event.Retrying(failure.exception(), pause));
            try {
                timing.pause().sleep(pause);
            } catch (LockException e) {
                throw S3Errors.interrupted(failed, e).exception();
            }
            return true;
        }

        /** Any length up to {@code ceiling}, so that those who failed together do not come again together. */
        private Duration pauseBelow(Duration ceiling) {
            return Duration.ofMillis(1 + timing.random().nextLong(ceiling.toMillis()));
        }
    }
}
