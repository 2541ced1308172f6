package dev.walvault.cli;

import dev.walvault.ConfigurationException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import java.util.function.Function;
import java.util.function.Supplier;

/** Values that only the engine can tell to be wrong, refused as a wrong command line all the same. */
final class Usage {
    private Usage() {}

    static ConfigurationException wrong(String message) {
        return Fault.of(ErrorCode.USAGE, message).configuration();
    }

    static <T> T meant(Function<String, T> parse, String text) throws ConfigurationException {
        return meant(() -> parse.apply(text));
    }

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
