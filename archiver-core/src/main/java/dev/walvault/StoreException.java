package dev.walvault;

/** A vault's storage cannot be read or written, or is not the one that was expected. */
public final class StoreException extends ArchiverException {
    private static final long serialVersionUID = 1L;

    StoreException(Fault fault) {
        super(fault, ErrorCode.Kind.STORE);
    }
}
