package dev.walvault.store.s3;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Retry;
import dev.walvault.store.Deletion;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.http.FailedException;
import dev.walvault.store.http.Failure;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.DeletedObject;
import software.amazon.awssdk.services.s3.model.S3Error;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Many objects deleted by few requests, once. The service has to name what it has deleted: a key that its answer leaves
 * out is asked for again, and never taken for gone.
 */
final class S3Deletion {
    /** The most keys that one request may name. */
    static final int BATCH = 1000;

    /** A single key has no status in an answer. These are the ones that S3 documents for the codes that matter. */
    private static final Map<String, Integer> STATUS =
            Map.of("AccessDenied", 403, "InternalError", 500, "ServiceUnavailable", 503, "SlowDown", 503);

    private static final int BAD_REQUEST = 400;

    private final S3Requests requests;
    private final S3Retry retry;
    private final Set<ObjectKey> left;
    private final Map<ObjectKey, ArchiverException> failed = new LinkedHashMap<>();

    S3Deletion(S3Requests requests, S3Retry retry, Collection<ObjectKey> keys) {
        this.requests = requests;
        this.retry = retry;
        this.left = new LinkedHashSet<>(keys);
    }

    Deletion run() {
        try {
            while (!left.isEmpty()) {
                delete(left.stream().limit(BATCH).toList());
            }
        } catch (ArchiverException e) {
            // what keeps the service from answering one request keeps it from answering the others
            left.forEach(key -> failed.put(key, e));
        }
        return new Deletion(failed);
    }

    private void delete(List<ObjectKey> batch) throws ArchiverException {
        S3Retry.Tries tries =
                retry.tries("could not delete " + batch.size() + " objects of \"" + requests.vault() + "\"");
        List<ObjectKey> asked = batch;
        while (!asked.isEmpty()) {
            Map<ObjectKey, Failure> mayYetGo = Map.of();
            Failure failure;
            try {
                mayYetGo = ask(tries, asked);
                if (mayYetGo.isEmpty()) {
                    return;
                }
                failure = mayYetGo.values().iterator().next();
            } catch (FailedException e) {
                failure = e.failure();
            }
            asked = asked.stream().filter(left::contains).toList();
            if (!tries.again(failure)) {
                if (mayYetGo.isEmpty()) {
                    throw failure.exception();
                }
                mayYetGo.forEach((key, why) -> settle(key, Optional.of(why)));
                return;
            }
        }
    }

    /** One request; returns for which keys another one may help. */
    private Map<ObjectKey, Failure> ask(S3Retry.Tries tries, List<ObjectKey> asked) throws FailedException {
        DeleteObjectsResponse answer = tries.once(client -> client.deleteObjects(requests.delete(asked)));
        Map<String, ObjectKey> byName = asked.stream().collect(Collectors.toMap(requests::nameOf, Function.identity()));
        var mayYetGo = new LinkedHashMap<ObjectKey, Failure>();
        for (S3Error error : answer.errors()) {
            ObjectKey key = byName.remove(error.key());
            if (key != null) {
                Failure failure = judge(key, error);
                switch (failure.remedy()) {
                    case TRY_AGAIN, SLOW_DOWN -> mayYetGo.put(key, failure);
                    default -> settle(key, Optional.of(failure));
                }
            }
        }
        for (DeletedObject deleted : answer.deleted()) {
            ObjectKey key = byName.remove(deleted.key());
            if (key != null) {
                settle(key, Optional.empty());
            }
        }
        if (!byName.isEmpty()) {
            throw new FailedException(Failure.of(leftOut(byName), Failure.Remedy.TRY_AGAIN));
        }
        return mayYetGo;
    }

    private void settle(ObjectKey key, Optional<Failure> failure) {
        left.remove(key);
        failure.ifPresent(why -> failed.put(key, why.exception()));
    }

    private Failure judge(ObjectKey key, S3Error error) {
        String code = error.code() == null ? "" : error.code();
        var thrown = S3Exception.builder()
                .statusCode(STATUS.getOrDefault(code, BAD_REQUEST))
                .awsErrorDetails(AwsErrorDetails.builder()
                        .errorCode(code)
                        .errorMessage(error.message())
                        .build())
                .build();
        return retry.judge("could not delete \"" + requests.urlOf(key) + "\"", thrown);
    }

    private static Fault leftOut(Map<String, ObjectKey> keys) {
        return Fault.of(
                        ErrorCode.STORE_UNREACHABLE,
                        "the service does not say what became of " + keys.size() + " objects that it was to delete")
                .detail("one of them is \"" + keys.keySet().iterator().next() + "\"")
                .hint("Is the endpoint S3 itself, or a proxy that does not know it?")
                .retry(Retry.YES);
    }
}
