package dev.walvault;

/** A vault's storage, or a file of this machine, cannot be read or written. */
public final class StoreException extends ArchiverException {
    private static final long serialVersionUID = 1L;

    StoreException(Fault fault) {
        super(fault);
    }
}
