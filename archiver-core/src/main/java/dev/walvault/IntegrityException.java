package dev.walvault;

/** Content is not what it should be, or what is needed is not there. */
public final class IntegrityException extends ArchiverException {
    private static final long serialVersionUID = 1L;

    IntegrityException(Fault fault) {
        super(fault, ErrorCode.Kind.INTEGRITY);
    }
}
