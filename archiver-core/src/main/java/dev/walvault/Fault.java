package dev.walvault;

import org.jspecify.annotations.Nullable;

/**
 * What an {@link ArchiverException} says, put together step by step:
 * {@code Fault.of(CORRUPT, "…").detail("…").hint("…").integrity()}. The last step has to name the kind of the code.
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

    /** What another exception says, to say more. */
    public static Fault from(ArchiverException said) {
        return new Fault(
                said.code(),
                String.valueOf(said.getMessage()),
                said.retry(),
                said.detail().orElse(null),
                said.hint().orElse(null),
                said.getCause());
    }

    public Fault message(String text) {
        return new Fault(code, text, retry, detail, hint, cause);
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

    public BugException bug() {
        return new BugException(this);
    }

    public ConfigurationException configuration() {
        return new ConfigurationException(this);
    }

    public HostException host() {
        return new HostException(this);
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

    /** The exception of the code's kind, for codes that are known only when it happens. */
    public ArchiverException exception() {
        return switch (code.kind()) {
            case BUG -> bug();
            case CONFIGURATION -> configuration();
            case HOST -> host();
            case INTEGRITY -> integrity();
            case KEY -> key();
            case LOCK -> lock();
            case POSTGRES -> postgres();
            case STORE -> store();
            case ANSWER -> throw new IllegalArgumentException("no exception carries " + code);
        };
    }
}
