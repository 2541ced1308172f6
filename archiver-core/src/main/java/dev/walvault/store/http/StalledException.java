package dev.walvault.store.http;

import java.io.IOException;

/** A connection was given up because too few bytes moved on it. */
public final class StalledException extends IOException {
    private static final long serialVersionUID = 1L;

    public StalledException(String message, Throwable cause) {
        super(message, cause);
    }
}
