package dev.walvault;

/** An error in walvault itself. */
public final class BugException extends ArchiverException {
    private static final long serialVersionUID = 1L;

    BugException(Fault fault) {
        super(fault, ErrorCode.Kind.BUG);
    }
}
