package dev.walvault.pg;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A position in the write-ahead log, printed the way PostgreSQL prints it: {@code 16/3002D50}.
 *
 * <p>The value is a byte address, unsigned (XLogRecPtr of {@code xlogdefs.h}). PostgreSQL 19 pads the lower half with
 * zeros: compare values, never text.
 */
public record Lsn(long value) implements Comparable<Lsn> {
    /** What PostgreSQL calls InvalidXLogRecPtr: no WAL record begins here. */
    public static final Lsn ZERO = new Lsn(0);

    private static final Pattern TEXT = Pattern.compile("([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})");

    /** Reads {@code 16/3002D50}, with or without padding. */
    public static Lsn parse(String text) {
        var match = TEXT.matcher(text);
        if (!match.matches()) {
            throw new IllegalArgumentException("invalid LSN \"" + text + "\"");
        }
        long high = Long.parseLong(match.group(1), 16);
        long low = Long.parseLong(match.group(2), 16);
        return new Lsn(high << 32 | low);
    }

    public boolean isZero() {
        return value == 0;
    }

    /** The position {@code bytes} further on; a negative number goes back. */
    public Lsn plus(long bytes) {
        return new Lsn(value + bytes);
    }

    /** How many bytes this position lies after {@code earlier}; negative when it lies before. */
    public long minus(Lsn earlier) {
        return value - earlier.value;
    }

    public boolean isBefore(Lsn other) {
        return compareTo(other) < 0;
    }

    public boolean isAfter(Lsn other) {
        return compareTo(other) > 0;
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toHexString(value >>> 32).toUpperCase(Locale.ROOT)
                + "/"
                + Long.toHexString(value & 0xFFFF_FFFFL).toUpperCase(Locale.ROOT);
    }
}
