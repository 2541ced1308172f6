package dev.walvault;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one family of errors that walvault reports to its operator.
 *
 * <p>The message is in PostgreSQL's style (lower case, no full stop, names in double quotes); the detail says what was
 * seen, the hint what to do next. It is an {@link IOException} so that a digest or a cipher in the middle of a stream
 * can refuse with the true reason instead of wrapping it.
 */
public abstract sealed class ArchiverException extends IOException
        permits BugException,
                ConfigurationException,
                HostException,
                IntegrityException,
                KeyException,
                LockException,
                PostgresException,
                StoreException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final Retry retry;
    private final @Nullable String detail;
    private final @Nullable String hint;

    /** {@code kind} is that of the class; a code of another kind is an error of this program. */
    protected ArchiverException(Fault fault, ErrorCode.Kind kind) {
        super(fault.message(), fault.cause());
        if (fault.code().kind() != kind) {
            throw new IllegalArgumentException(fault.code() + " is not of the kind " + kind + ": " + fault.message());
        }
        this.code = fault.code();
        this.retry = fault.retry();
        this.detail = fault.detail();
        this.hint = fault.hint();
    }

    public final ErrorCode code() {
        return code;
    }

    public final Retry retry() {
        return retry;
    }

    public final Optional<String> detail() {
        return Optional.ofNullable(detail);
    }

    public final Optional<String> hint() {
        return Optional.ofNullable(hint);
    }

    /** The message, with the detail in parentheses behind it. */
    public final String sentence() {
        return getMessage() + detail().map(text -> " (" + text + ")").orElse("");
    }

    /**
     * Whether a failure to read a vault is of one object, and the others are none the worse for it: it is damaged, it
     * may not be read, or something that is no object lies in its place.
     */
    public final boolean isOfOneObject() {
        return this instanceof IntegrityException
                || code == ErrorCode.STORE_DENIED
                || code == ErrorCode.STORE_OBSTRUCTED;
    }
}
