package dev.walvault.config;

import java.time.Duration;
import java.util.regex.Pattern;

/** Durations as PostgreSQL's settings have them: a number and {@code ms}, {@code s}, {@code m} (or min), {@code h}. */
public final class Durations {
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,9}) ?(ms|s|m|min|h)");

    private Durations() {}

    public static Duration parse(String text) {
        var match = TEXT.matcher(text);
        if (!match.matches()) {
            throw new IllegalArgumentException("a duration is a number and a unit: 500ms, 30s, 10m or 2h");
        }
        long number = Long.parseLong(match.group(1));
        return switch (match.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofMinutes(number);
        };
    }

    /** In the largest unit that leaves nothing over; {@code parse} reads it back. */
    public static String print(Duration duration) {
        if (duration.toMillisPart() != 0) {
            return duration.toMillis() + "ms";
        }
        if (duration.toSecondsPart() != 0) {
            return duration.toSeconds() + "s";
        }
        return duration.toMinutesPart() == 0 && !duration.isZero()
                ? duration.toHours() + "h"
                : duration.toMinutes() == 0 ? "0s" : duration.toMinutes() + "m";
    }
}
