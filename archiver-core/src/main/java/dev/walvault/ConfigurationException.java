package dev.walvault;

/** The operator asked for something that cannot be meant: a wrong command line, key or value. */
public final class ConfigurationException extends ArchiverException {
    private static final long serialVersionUID = 1L;

    ConfigurationException(Fault fault) {
        super(fault, ErrorCode.Kind.CONFIGURATION);
    }
}
