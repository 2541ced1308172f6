package dev.walvault.sign;

import dev.walvault.Timestamps;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A writer that a reader believes.
 *
 * @param name what people call it
 * @param from the first instant at which it may have written; always, if empty
 * @param until the first instant at which it may not have written any more; for ever, if empty
 */
public record TrustedWriter(WriterKey key, Optional<String> name, Optional<Instant> from, Optional<Instant> until) {
    private static final String NAME = "name=";
    private static final String FROM = "from=";
    private static final String UNTIL = "until=";

    /**
     * Reads {@code ed25519:KEY [name=NAME] [from=INSTANT] [until=INSTANT]}.
     *
     * @throws IllegalArgumentException if it is none; the message says why
     */
    public static TrustedWriter parse(String text) {
        List<String> words = List.of(text.strip().split("\\s+"));
        Optional<String> name = Optional.empty();
        Optional<Instant> from = Optional.empty();
        Optional<Instant> until = Optional.empty();
        for (String word : words.subList(1, words.size())) {
            if (word.startsWith(NAME) && name.isEmpty()) {
                name = Optional.of(word.substring(NAME.length()));
            } else if (word.startsWith(FROM) && from.isEmpty()) {
                from = Optional.of(instant(word.substring(FROM.length())));
            } else if (word.startsWith(UNTIL) && until.isEmpty()) {
                until = Optional.of(instant(word.substring(UNTIL.length())));
            } else {
                throw new IllegalArgumentException(
                        "behind the key may stand name=, from= and until=, each once, and not \"" + word + "\"");
            }
        }
        if (from.isPresent() && until.isPresent() && !from.get().isBefore(until.get())) {
            throw new IllegalArgumentException("\"until\" is not later than \"from\"");
        }
        return new TrustedWriter(WriterKey.parse(words.getFirst()), name, from, until);
    }

    /**
     * Reads an instant in UTC.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Instant instant(String text) {
        try {
            return Timestamps.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no instant in UTC, such as 2026-11-30T10:00:00Z", e);
        }
    }

    /** Whether it may have written at this instant. */
    boolean isTrustedAt(Instant written) {
        return from.filter(written::isBefore).isEmpty()
                && until.filter(end -> !written.isBefore(end)).isEmpty();
    }

    /** Its name and its key, for messages. */
    public String shown() {
        return name.map(text -> "\"" + text + "\" (" + key + ")").orElse(key.text());
    }

    /** When it is trusted, for messages. */
    String times() {
        return String.join(
                        " ",
                        Arrays.asList(
                                from.map(instant -> "from " + instant).orElse(""),
                                until.map(instant -> "until " + instant).orElse("")))
                .strip();
    }
}
