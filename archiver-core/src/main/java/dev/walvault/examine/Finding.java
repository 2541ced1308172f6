package dev.walvault.examine;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import java.util.Optional;

/**
 * What one check found.
 *
 * @param seen one line, in the style of messages
 * @param code what kind of failure it is; only of one that FAILED
 * @param fix the setting, option or command that mends it
 */
public record Finding(String check, Verdict verdict, String seen, Optional<ErrorCode> code, Optional<String> fix) {

    /** From good to bad, and not looked at. */
    public enum Verdict {
        OK,
        WARNING,
        FAILED,
        SKIPPED
    }

    public static Finding ok(String check, String seen) {
        return new Finding(check, Verdict.OK, seen, Optional.empty(), Optional.empty());
    }

    public static Finding warning(String check, String seen, String fix) {
        return new Finding(check, Verdict.WARNING, seen, Optional.empty(), Optional.of(fix));
    }

    public static Finding failed(String check, ErrorCode code, String seen, String fix) {
        return new Finding(check, Verdict.FAILED, seen, Optional.of(code), Optional.of(fix));
    }

    /** An error, with its own hint for a fix. */
    public static Finding failed(String check, ArchiverException error) {
        String seen =
                error.getMessage() + error.detail().map(detail -> ": " + detail).orElse("");
        return new Finding(check, Verdict.FAILED, seen, Optional.of(error.code()), error.hint());
    }

    public static Finding skipped(String check, String why) {
        return new Finding(check, Verdict.SKIPPED, why, Optional.empty(), Optional.empty());
    }
}
