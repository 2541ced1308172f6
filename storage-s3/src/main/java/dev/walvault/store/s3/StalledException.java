package dev.walvault.store.s3;

import java.io.IOException;

/** A connection was given up because too few bytes moved on it. */
final class StalledException extends IOException {
    private static final long serialVersionUID = 1L;

    StalledException(String message, Throwable cause) {
        super(message, cause);
    }
}
