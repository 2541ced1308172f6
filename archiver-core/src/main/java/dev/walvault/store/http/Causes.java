package dev.walvault.store.http;

import org.jspecify.annotations.Nullable;

/** What lies beneath an exception. */
public final class Causes {
    private Causes() {}

    /** The first of that kind among the exception and its causes. */
    public static <T extends Throwable> @Nullable T in(Throwable thrown, Class<T> kind) {
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            if (kind.isInstance(at)) {
                return kind.cast(at);
            }
        }
        return null;
    }
}
