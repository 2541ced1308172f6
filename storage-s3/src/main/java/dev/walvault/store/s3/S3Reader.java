package dev.walvault.store.s3;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Retry;
import dev.walvault.store.ByteRange;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.Slice;
import dev.walvault.store.StoredObject;
import dev.walvault.store.http.FailedException;
import dev.walvault.store.http.Failure;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalLong;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** Looking at single objects. That one is absent is believed only when the service says so in words. */
final class S3Reader {
    static final int NOT_FOUND = 404;

    private static final int BEYOND_THE_END = 416;

    private final S3Requests requests;
    private final S3Retry retry;

    S3Reader(S3Requests requests, S3Retry retry) {
        this.requests = requests;
        this.retry = retry;
    }

    Optional<InputStream> open(ObjectKey key) throws ArchiverException {
        String failed = couldNotRead(key);
        Optional<S3Body> body = retry.call(failed, client -> {
            try {
                S3Body opened = ofS3(failed, S3Body.of(client, requests.get(key)));
                if (opened.isPart()) {
                    opened.abort();
                    throw otherBytes(failed);
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

    /** What a request for a range met. */
    private sealed interface Met {
        record Nothing() implements Met {}

        record Bytes(S3Body body, Served served) implements Met {}

        /** The service has nothing of that range, and may have said how long the object is. */
        record End(OptionalLong size) implements Met {}
    }

    Optional<Slice> open(ObjectKey key, ByteRange range) throws ArchiverException {
        S3Retry.Tries tries = retry.tries(couldNotRead(key));
        while (true) {
            try {
                return switch (meet(tries, key, range)) {
                    case Met.Nothing _ -> Optional.empty();
                    case Met.Bytes(S3Body body, Served served) -> Optional.of(slice(key, range, body, served.size()));
                    case Met.End(OptionalLong size) -> empty(tries, key, range, size);
                };
            } catch (FailedException e) {
                if (!tries.again(e.failure())) {
                    throw e.failure().exception();
                }
            }
        }
    }

    private Met meet(S3Retry.Tries tries, ObjectKey key, ByteRange range) throws FailedException {
        return tries.once(client -> {
            try {
                S3Body body = answering(range, couldNotRead(key), S3Body.of(client, requests.get(key, range)));
                return new Met.Bytes(body, body.served().orElseThrow());
            } catch (AwsServiceException e) {
                if (isProvenAbsent(e)) {
                    return new Met.Nothing();
                }
                var answer = new ErrorAnswer(e);
                if (answer.status() == BEYOND_THE_END && answer.code().equals("InvalidRange")) {
                    return new Met.End(answer.objectSize());
                }
                throw e;
            }
        });
    }

    private Slice slice(ObjectKey key, ByteRange range, S3Body body, long size) {
        var content = new S3Input(key, body, range.first(size), range.end(size), size, requests, retry);
        return Slice.of(content, range, size);
    }

    /** Nothing of a range is there only if it begins at the end of the object, or beyond. */
    private Optional<Slice> empty(S3Retry.Tries tries, ObjectKey key, ByteRange range, OptionalLong told)
            throws FailedException {
        Optional<Long> size = told.isPresent()
                ? Optional.of(told.getAsLong())
                : find(tries, key).map(HeadObjectResponse::contentLength);
        if (size.isPresent() && range.first(size.get()) < range.end(size.get())) {
            throw nonsense(couldNotRead(key) + ": the service denies a range that the object has");
        }
        return size.map(all -> Slice.of(InputStream.nullInputStream(), range, all));
    }

    private String couldNotRead(ObjectKey key) {
        return "could not read \"" + requests.urlOf(key) + "\"";
    }

    /** The answer, if it is one of S3 that has the bytes that were asked for; otherwise another attempt may get one. */
    static S3Body answering(ByteRange asked, String failed, S3Body answer) throws FailedException {
        if (ofS3(failed, answer).served().filter(each -> each.answers(asked)).isEmpty()) {
            answer.abort();
            throw otherBytes(failed);
        }
        return answer;
    }

    private static S3Body ofS3(String failed, S3Body answer) throws FailedException {
        if (answer.head().lastModified() == null) {
            answer.abort();
            throw notOfS3(failed);
        }
        return answer;
    }

    private static FailedException otherBytes(String failed) {
        return nonsense(failed + ": the answer has other bytes of the object than were asked for");
    }

    Optional<StoredObject> head(ObjectKey key) throws ArchiverException {
        String failed = "could not look up \"" + requests.urlOf(key) + "\"";
        S3Retry.Tries tries = retry.tries(failed);
        while (true) {
            try {
                return find(tries, key)
                        .map(found -> new StoredObject(key, found.contentLength(), found.lastModified()));
            } catch (FailedException e) {
                if (!tries.again(e.failure())) {
                    throw e.failure().exception();
                }
            }
        }
    }

    /** One attempt to find {@code key}: an answer to HEAD has no body, so its 404 could be anybody's. */
    Optional<HeadObjectResponse> find(S3Retry.Tries tries, ObjectKey key) throws FailedException {
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
            throw new FailedException(Failure.of(appeared, Failure.Remedy.TRY_AGAIN));
        }
        return found;
    }

    /** Something on the way that answers 200 to everything is told apart by what only S3 says of an object. */
    HeadObjectResponse complete(ObjectKey key, HeadObjectResponse answer) throws FailedException {
        if (answer.contentLength() == null || answer.lastModified() == null) {
            throw notOfS3("could not look up \"" + requests.urlOf(key) + "\"");
        }
        return answer;
    }

    private static FailedException notOfS3(String failed) {
        return nonsense(failed + ": the answer lacks what S3 says of every object");
    }

    private static FailedException nonsense(String said) {
        Fault fault = Fault.of(ErrorCode.STORE_UNREACHABLE, said)
                .hint("Is the endpoint S3 itself, or a proxy that does not know it?")
                .retry(Retry.YES);
        return new FailedException(Failure.of(fault, Failure.Remedy.TRY_AGAIN));
    }

    private boolean isAbsent(S3Client client, ObjectKey key) {
        try {
            S3Body.of(client, requests.get(key, ByteRange.of(0, 1))).abort();
            return false;
        } catch (AwsServiceException e) {
            if (isProvenAbsent(e)) {
                return true;
            }
            if (e.statusCode() == BEYOND_THE_END) {
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
