package dev.walvault.config;

import java.util.regex.Pattern;

/** Sizes as PostgreSQL's settings have them: a number and {@code k} (or kB), {@code M}, {@code G}; 1024 is the base. */
public final class ByteSizes {
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,9}) ?([kKMG]?)B?");

    private ByteSizes() {}

    /** The number of bytes; a number without a unit is bytes. */
    public static long parse(String text) {
        var match = TEXT.matcher(text);
        if (!match.matches()) {
            throw new IllegalArgumentException("a size is a number and a unit: 512k, 8M or 1G");
        }
        long number = Long.parseLong(match.group(1));
        return switch (match.group(2)) {
            case "k", "K" -> number << 10;
            case "M" -> number << 20;
            case "G" -> number << 30;
            default -> number;
        };
    }
}
