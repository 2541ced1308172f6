package dev.walvault;

/** A key is missing, wrong or unreadable. */
public final class KeyException extends ArchiverException {
    private static final long serialVersionUID = 1L;

    KeyException(Fault fault) {
        super(fault, ErrorCode.Kind.KEY);
    }
}
