package dev.walvault;

/** Somebody else is doing it, the time is over, or it was called off. */
public final class LockException extends ArchiverException {
    private static final long serialVersionUID = 1L;

    LockException(Fault fault) {
        super(fault, ErrorCode.Kind.LOCK);
    }
}
