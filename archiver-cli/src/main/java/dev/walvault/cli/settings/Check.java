package dev.walvault.cli.settings;

import dev.walvault.config.StoreLocation;
import dev.walvault.pipe.Compression;
import dev.walvault.vault.Name;
import java.util.List;
import java.util.OptionalInt;

/** What one value must be. Throws IllegalArgumentException that says what it must be, and does not repeat the value. */
@FunctionalInterface
interface Check {
    Check ANYTHING = text -> {};

    Check VAULT = StoreLocation::parse;

    Check NAME = Name::new;

    Check CODEC = text -> Compression.parse(text, OptionalInt.empty());

    Check DURATION = Durations::parse;

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
}
