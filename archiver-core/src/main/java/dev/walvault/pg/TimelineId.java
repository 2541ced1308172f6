package dev.walvault.pg;

import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A timeline: 1 for a new system, another number after each promotion or recovery to a point in time.
 *
 * <p>The value is an unsigned 32-bit number and never zero (TimeLineID of {@code xlogdefs.h}). PostgreSQL prints it in
 * decimal, and in eight upper-case hexadecimal digits within file names.
 */
public record TimelineId(int value) implements Comparable<TimelineId> {
    /** The timeline of a system that was never promoted or recovered; the only one without a history file. */
    public static final TimelineId FIRST = new TimelineId(1);

    static final HexFormat UPPER_HEX = HexFormat.of().withUpperCase();

    private static final Pattern HEX = Pattern.compile("[0-9A-F]{8}");

    public TimelineId {
        if (value == 0) {
            throw new IllegalArgumentException("there is no timeline 0");
        }
    }

    /** Reads a decimal number from 1 to 4294967295. */
    public static TimelineId parse(String text) {
        try {
            return new TimelineId(Integer.parseUnsignedInt(text));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("invalid timeline \"" + text + "\"", e);
        }
    }

    /** Reads the eight upper-case hexadecimal digits that file names carry. */
    public static TimelineId parseHex(String text) {
        if (!HEX.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "invalid timeline \"" + text + "\": eight upper-case hexadecimal digits are expected");
        }
        return new TimelineId(Integer.parseUnsignedInt(text, 16));
    }

    /** Eight upper-case hexadecimal digits, as in file names. */
    public String hex() {
        return UPPER_HEX.toHexDigits(value);
    }

    public TimelineId next() {
        return new TimelineId(value + 1);
    }

    public boolean isFirst() {
        return value == 1;
    }

    @Override
    public int compareTo(TimelineId other) {
        return Integer.compareUnsigned(value, other.value);
    }

    /** The decimal number. */
    @Override
    public String toString() {
        return Integer.toUnsignedString(value);
    }
}
