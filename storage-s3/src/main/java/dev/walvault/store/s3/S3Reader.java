package dev.walvault.store.s3;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Retry;
import dev.walvault.StoreException;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.StoredObject;
import java.io.InputStream;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** Looking at single objects. That one is absent is believed only when the service says so in words. */
final class S3Reader {
    static final int NOT_FOUND = 404;

    private final S3Requests requests;
    private final S3Retry retry;

    S3Reader(S3Requests requests, S3Retry retry) {
        this.requests = requests;
        this.retry = retry;
    }

    Optional<InputStream> open(ObjectKey key) throws StoreException {
        String failed = "could not read \"" + requests.urlOf(key) + "\"";
        Optional<S3Body> body = retry.call(failed, client -> {
            try {
                S3Body opened = S3Body.of(client, requests.get(key));
                if (opened.head().lastModified() == null) {
                    opened.abort();
                    throw notOfS3(failed);
                }
                return Optional.of(opened);
            } catch (AwsServiceException e) {
                if (isProvenAbsent(e)) {
                    return Optional.empty();
                }
                throw e;
            }
        });
        return body.map(opened -> new S3Input(key, opened, requests, retry));
    }

    Optional<StoredObject> head(ObjectKey key) throws StoreException {
        String failed = "could not look up \"" + requests.urlOf(key) + "\"";
        S3Retry.Tries tries = retry.tries(failed);
        while (true) {
            try {
                return find(tries, key)
                        .map(found -> new StoredObject(key, found.contentLength(), found.lastModified()));
            } catch (S3FailedException e) {
                if (!tries.again(e.failure())) {
                    throw e.failure().exception();
                }
            }
        }
    }

    /** One attempt to find {@code key}: an answer to HEAD has no body, so its 404 could be anybody's. */
    Optional<HeadObjectResponse> find(S3Retry.Tries tries, ObjectKey key) throws S3FailedException {
        Optional<HeadObjectResponse> found = tries.once(client -> {
            try {
                return Optional.of(complete(key, client.headObject(requests.head(key))));
            } catch (AwsServiceException e) {
                if (e.statusCode() == NOT_FOUND) {
                    return Optional.empty();
                }
                throw e;
            }
        });
        if (found.isEmpty() && !tries.once(client -> isAbsent(client, key))) {
            Fault appeared = Fault.of(
                            ErrorCode.STORE_UNREACHABLE, "\"" + requests.urlOf(key) + "\" was not there and then was")
                    .retry(Retry.YES);
            throw new S3FailedException(S3Failure.of(appeared, S3Failure.Remedy.TRY_AGAIN));
        }
        return found;
    }

    /** Something on the way that answers 200 to everything is told apart by what only S3 says of an object. */
    HeadObjectResponse complete(ObjectKey key, HeadObjectResponse answer) throws S3FailedException {
        if (answer.contentLength() == null || answer.lastModified() == null) {
            throw notOfS3("could not look up \"" + requests.urlOf(key) + "\"");
        }
        return answer;
    }

    private static S3FailedException notOfS3(String failed) {
        Fault nonsense = Fault.of(
                        ErrorCode.STORE_UNREACHABLE, failed + ": the answer lacks what S3 says of every object")
                .hint("Is the endpoint S3 itself, or a proxy that does not know it?")
                .retry(Retry.YES);
        return new S3FailedException(S3Failure.of(nonsense, S3Failure.Remedy.TRY_AGAIN));
    }

    private boolean isAbsent(S3Client client, ObjectKey key) {
        try {
            S3Body.of(client, requests.getOneByte(key)).abort();
            return false;
        } catch (AwsServiceException e) {
            if (isProvenAbsent(e)) {
                return true;
            }
            if (e.statusCode() == 416) {
                return false;
            }
            throw e;
        }
    }

    private static boolean isProvenAbsent(AwsServiceException answer) {
        return answer.statusCode() == NOT_FOUND
                && new ErrorAnswer(answer).code().equals("NoSuchKey");
    }
}
