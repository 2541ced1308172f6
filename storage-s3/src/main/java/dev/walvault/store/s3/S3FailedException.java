package dev.walvault.store.s3;

/** One attempt failed; between the layers of this package only. */
final class S3FailedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient S3Failure failure;

    S3FailedException(S3Failure failure) {
        super(failure.fault().message(), failure.fault().cause());
        this.failure = failure;
    }

    S3Failure failure() {
        return failure;
    }
}
