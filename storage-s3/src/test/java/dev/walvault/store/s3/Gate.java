package dev.walvault.store.s3;

import java.util.Optional;

/** A standing opinion of the store about requests, beside the single {@link Rule}s. */
public interface Gate {

    /** What is answered instead of passing the request on; empty lets it pass. */
    Optional<Answer> before(S3Request request);

    /** What is answered instead of the server's answer; empty lets that pass. */
    default Optional<Answer> after(S3Request request, int status) {
        return Optional.empty();
    }
}
