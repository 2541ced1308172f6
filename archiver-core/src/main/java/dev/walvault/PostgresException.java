package dev.walvault;

/** The server or its data directory does not answer, refuses, or is another one. */
public final class PostgresException extends ArchiverException {
    private static final long serialVersionUID = 1L;

    PostgresException(Fault fault) {
        super(fault, ErrorCode.Kind.POSTGRES);
    }
}
