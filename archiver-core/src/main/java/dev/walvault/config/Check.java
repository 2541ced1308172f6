package dev.walvault.config;

import java.util.List;
import java.util.regex.Pattern;

/** What one value must be. Throws IllegalArgumentException that says what it must be, and does not repeat the value. */
@FunctionalInterface
public interface Check {
    Check ANYTHING = text -> {};

    Check DURATION = Durations::parse;

    Check YES_OR_NO = oneOf("yes", "no");

    Check ABSOLUTE_PATH = matching("/.+", "it is an absolute path");

    Check STORAGE_CLASS =
            matching("[A-Z][A-Z0-9_]{1,62}", "it is a class as the service names it, such as STANDARD_IA");

    Check COPIES = text -> {
        if (!text.equals("all") && !text.matches("[1-9][0-9]?")) {
            throw new IllegalArgumentException("it is \"all\" or a number of vaults");
        }
    };

    void check(String text);

    static Check oneOf(String... choices) {
        return text -> {
            if (!List.of(choices).contains(text)) {
                throw new IllegalArgumentException("it is one of " + String.join(", ", choices));
            }
        };
    }

    static Check between(int lowest, int highest) {
        return text -> {
            String expected = "it is a number from " + lowest + " to " + highest;
            try {
                int number = Integer.parseInt(text);
                if (number < lowest || number > highest) {
                    throw new IllegalArgumentException(expected);
                }
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(expected, e);
            }
        };
    }

    static Check matching(String pattern, String expected) {
        Pattern shape = Pattern.compile(pattern);
        return text -> {
            if (!shape.matcher(text).matches()) {
                throw new IllegalArgumentException(expected);
            }
        };
    }

    /** A size of at least {@code lowest} bytes and at most 1G. */
    static Check size(long lowest) {
        return text -> {
            long bytes = ByteSizes.parse(text);
            if (bytes < lowest || bytes > 1L << 30) {
                throw new IllegalArgumentException("it is a size from " + lowest + " bytes to 1G");
            }
        };
    }
}
