package dev.walvault.store.http;

/** One attempt failed; between the layers of a driver only. */
public final class FailedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    /** For this reason. */
    public FailedException(Failure failure) {
        super(failure.fault().message(), failure.fault().cause());
        this.failure = failure;
    }

    /** The reason, and what may help. */
    public Failure failure() {
        return failure;
    }
}
