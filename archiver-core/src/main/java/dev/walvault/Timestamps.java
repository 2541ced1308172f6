package dev.walvault;

import java.time.DateTimeException;
import java.time.Instant;

/** Times as a vault has them: ISO-8601, UTC, with a year of four digits. */
public final class Timestamps {
    public static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    public static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private Timestamps() {}

    /**
     * Reads one.
     *
     * @throws DateTimeException if it is none, or one that no clock of a server shows: half of what is done with times,
     *     in a zone or between two of them, fails for such
     */
    public static Instant parse(String text) {
        Instant time = Instant.parse(text);
        if (time.isBefore(EARLIEST) || time.isAfter(LATEST)) {
            throw new DateTimeException("the time \"" + text + "\" has no year of four digits");
        }
        return time;
    }
}
