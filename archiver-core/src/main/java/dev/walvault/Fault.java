package dev.walvault;

import org.jspecify.annotations.Nullable;

/**
 * What an {@link ArchiverException} says, put together step by step:
 * {@code Fault.of(CORRUPT, "…").detail("…").hint("…").integrity()}.
 */
public record Fault(
        ErrorCode code,
        String message,
        Retry retry,
        @Nullable String detail,
        @Nullable String hint,
        @Nullable Throwable cause) {

    /** A fault that trying again does not mend. */
    public static Fault of(ErrorCode code, String message) {
        return new Fault(code, message, Retry.NO, null, null, null);
    }

    public Fault detail(String text) {
        return new Fault(code, message, retry, text, hint, cause);
    }

    public Fault hint(String text) {
        return new Fault(code, message, retry, detail, text, cause);
    }

    public Fault cause(Throwable throwable) {
        return new Fault(code, message, retry, detail, hint, throwable);
    }

    public Fault retry(Retry whether) {
        return new Fault(code, message, whether, detail, hint, cause);
    }

    public ConfigurationException configuration() {
        return new ConfigurationException(this);
    }

    public IntegrityException integrity() {
        return new IntegrityException(this);
    }

    public KeyException key() {
        return new KeyException(this);
    }

    public LockException lock() {
        return new LockException(this);
    }

    public PostgresException postgres() {
        return new PostgresException(this);
    }

    public StoreException store() {
        return new StoreException(this);
    }
}
