package dev.walvault.cli;

import dev.walvault.ConfigurationException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import java.util.function.Supplier;

/** Values that only the engine can tell to be wrong, refused as a wrong command line all the same. */
final class Usage {
    private Usage() {}

    static <T> T meant(Supplier<T> value) throws ConfigurationException {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw Fault.of(ErrorCode.USAGE, String.valueOf(e.getMessage()))
                    .cause(e)
                    .configuration();
        }
    }
}
