package dev.walvault.store.s3;

import dev.walvault.ArchiverException;
import dev.walvault.ConfigurationException;
import dev.walvault.store.http.FailedException;
import dev.walvault.store.http.Failure;
import dev.walvault.store.http.Retries;
import java.io.IOException;
import java.time.Duration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;

/** {@link Retries} of requests that the SDK sends. What it throws is judged by {@link S3Errors}. */
final class S3Retry {
    private final ClientSource client;
    private final S3Errors errors;
    private final Retries retries;

    S3Retry(ClientSource client, S3Errors errors, Retries retries) {
        this.client = client;
        this.errors = errors;
        this.retries = retries;
    }

    /** Where the SDK's client comes from, which is made by the first request. */
    @FunctionalInterface
    interface ClientSource {
        S3Client client() throws ConfigurationException;
    }

    /** One request; what it throws is judged, a {@link FailedException} is taken as it is. */
    @FunctionalInterface
    interface Request<T> {
        T send(S3Client client) throws FailedException;
    }

    /**
     * Sends {@code request} until it succeeds, or the deadline is over, or it cannot succeed; {@code failed} begins the
     * error.
     */
    <T> T call(String failed, Request<T> request) throws ArchiverException {
        return retries.call(failed, () -> send(failed, request));
    }

    private <T> T send(String failed, Request<T> request) throws FailedException, ConfigurationException {
        try {
            return request.send(client.client());
        } catch (SdkException e) {
            throw new FailedException(errors.judge(failed, e));
        }
    }

    /** What an error within an answer means, which is no attempt of its own. */
    Failure judge(String failed, SdkException thrown) {
        return errors.judge(failed, thrown);
    }

    /** For whoever has to look at each attempt; the deadline runs from now. */
    Tries tries(String failed) {
        return new Tries(failed, retries.tries(failed));
    }

    /** The same with less patience, for what is only tidying up. */
    Tries tries(String failed, Duration patience) {
        return new Tries(failed, retries.tries(failed, patience));
    }

    /** The attempts at one thing. Not safe for several threads. */
    final class Tries {
        private final String failed;
        private final Retries.Tries tries;

        private Tries(String failed, Retries.Tries tries) {
            this.failed = failed;
            this.tries = tries;
        }

        <T> T once(Request<T> request) throws FailedException {
            return tries.once(() -> send(failed, request));
        }

        /** A failure while an answer was read, which is no attempt of its own. */
        Failure judge(IOException thrown) {
            return errors.judge(failed, thrown);
        }

        Failure judge(SdkException thrown) {
            return errors.judge(failed, thrown);
        }

        /** Pauses before another attempt; {@code false} if none makes sense, or time is up. */
        boolean again(Failure failure) throws ArchiverException {
            return tries.again(failure);
        }
    }
}
