package dev.walvault.pg;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;

/** Moments as PostgreSQL prints a {@code timestamptz}: {@code 2026-11-20 22:15:00+01}. */
public final class Timestamps {
    private static final DateTimeFormatter TEXT = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd HH:mm:ss")
            .appendOffset("+HH:mm", "+00")
            .toFormatter(Locale.ROOT);

    private Timestamps() {}

    /** To the second, by the clock of a place; with its offset, so that nobody has to guess. */
    public static String text(Instant time, ZoneId zone) {
        return TEXT.format(time.atZone(zone));
    }

    /** The same for whoever does not know where the reader is. */
    public static String text(Instant time) {
        return text(time, ZoneOffset.UTC);
    }
}
