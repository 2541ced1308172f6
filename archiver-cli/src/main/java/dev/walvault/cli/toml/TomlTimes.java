package dev.walvault.cli.toml;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Dates and times of RFC 3339, whole or in part. */
final class TomlTimes {
    private static final int DATE_LENGTH = "2026-11-20".length();
    private static final int HOUR_LENGTH = "22:".length();

    private TomlTimes() {}

    /** Whether it looks like a date alone. */
    static boolean isDate(String word) {
        return word.length() == DATE_LENGTH && word.charAt(4) == '-' && word.charAt(7) == '-';
    }

    static boolean isTime(String word) {
        boolean dated = word.length() >= DATE_LENGTH && isDate(word.substring(0, DATE_LENGTH));
        boolean timed = word.length() >= HOUR_LENGTH && word.charAt(HOUR_LENGTH - 1) == ':';
        return (dated || timed) && isTime(Shape.PATTERN.matcher(word));
    }

    private static boolean isTime(Matcher parts) {
        if (!parts.matches()) {
            return false;
        }
        try {
            if (parts.group("year") != null) {
                var _ = LocalDate.of(number(parts, "year"), number(parts, "month"), number(parts, "day"));
            }
            if (parts.group("hour") != null) {
                var _ = LocalTime.of(number(parts, "hour"), number(parts, "minute"), number(parts, "second"));
            }
            if (parts.group("hours") != null) {
                var _ = LocalTime.of(number(parts, "hours"), number(parts, "minutes"));
            }
            return isWhole(parts);
        } catch (DateTimeException _) {
            return false;
        }
    }

    /** Something between a date and a time, nothing at either alone, and no offset without a date. */
    private static boolean isWhole(Matcher parts) {
        boolean dated = parts.group("year") != null;
        boolean timed = parts.group("hour") != null;
        boolean between = !parts.group("between").isEmpty();
        return between == (dated && timed) && (dated || parts.group("offset") == null);
    }

    private static int number(Matcher parts, String group) {
        return Integer.parseInt(parts.group(group));
    }

    /** Prepared for whoever has one. */
    private static final class Shape {
        private static final String DATE = "(?<year>[0-9]{4})-(?<month>[0-9]{2})-(?<day>[0-9]{2})";
        private static final String TIME = "(?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})(\\.[0-9]+)?"
                + "(?<offset>[Zz]|[+-](?<hours>[0-9]{2}):(?<minutes>[0-9]{2}))?";
        static final Pattern PATTERN = Pattern.compile("(" + DATE + ")?(?<between>[Tt ]?)(" + TIME + ")?");
    }
}
