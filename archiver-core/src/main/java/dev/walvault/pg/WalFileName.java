package dev.walvault.pg;

import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/** The grammar of {@link WalFile} names. */
final class WalFileName {
    private static final Pattern SHAPE = Pattern.compile(
            "([0-9A-F]{8})(?:\\.history|([0-9A-F]{8})([0-9A-F]{8})(?:(?:\\.([0-9a-f]{16}))?(\\.partial)|\\.([0-9A-F]{8})\\.backup)?)");

    private WalFileName() {}

    static String hex(long unsigned32) {
        return TimelineId.UPPER_HEX.toHexDigits((int) unsigned32);
    }

    static WalFile parse(String name) {
        if (name.length() > WalFile.LONGEST_NAME) {
            throw bad(
                    name.substring(0, WalFile.LONGEST_NAME) + "…",
                    "it has more than " + WalFile.LONGEST_NAME + " characters");
        }
        if (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0) {
            throw bad(name, "it has a path separator");
        }
        var match = SHAPE.matcher(name);
        if (!match.matches()) {
            throw bad(name, whyNot(name));
        }
        if (match.group(1).equals("00000000")) {
            throw bad(name, "there is no timeline 0");
        }
        var timeline = TimelineId.parseHex(match.group(1));
        if (match.group(2) == null) {
            return new WalFile.TimelineHistoryFile(timeline);
        }
        var segment = new WalFile.Segment(timeline, number(match.group(2)), number(match.group(3)));
        if (match.group(5) != null) {
            return new WalFile.Partial(segment, Optional.ofNullable(match.group(4)));
        }
        if (match.group(6) != null) {
            return new WalFile.BackupHistoryFile(segment, number(match.group(6)));
        }
        return segment;
    }

    private static String whyNot(String name) {
        int dot = name.indexOf('.');
        String digits = dot < 0 ? name : name.substring(0, dot);
        if (digits.chars().anyMatch(c -> c >= 'a' && c <= 'f') && digits.chars().allMatch(HexFormat::isHexDigit)) {
            return "its hexadecimal digits are not in upper case";
        }
        return "it is neither a segment, a partial segment, a timeline history file nor a backup history file";
    }

    private static long number(String digits) {
        return Long.parseLong(digits, 16);
    }

    private static IllegalArgumentException bad(String name, String why) {
        return new IllegalArgumentException("\"" + name + "\" is not the name of a WAL file: " + why);
    }
}
