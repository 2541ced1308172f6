package dev.walvault;

/** A file, a directory or a disk of this machine stands in the way. The vault is none the worse for it. */
public final class HostException extends ArchiverException {
    private static final long serialVersionUID = 1L;

    HostException(Fault fault) {
        super(fault, ErrorCode.Kind.HOST);
    }
}
