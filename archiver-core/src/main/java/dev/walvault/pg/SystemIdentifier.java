package dev.walvault.pg;

import java.util.Collection;
import java.util.stream.Collectors;

/**
 * The number that {@code initdb} gives a system and that all its copies share; printed unsigned and in decimal.
 *
 * <p>It is in {@code pg_control} and in the first page header of each WAL segment, and tells segments of equal name
 * apart.
 */
public record SystemIdentifier(long value) implements Comparable<SystemIdentifier> {

    /** Reads a decimal number from 0 to 18446744073709551615. */
    public static SystemIdentifier parse(String text) {
        try {
            return new SystemIdentifier(Long.parseUnsignedLong(text));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("invalid system identifier \"" + text + "\"", e);
        }
    }

    /** Several of them, for a sentence: {@code system 1, system 2}. */
    public static String listed(Collection<SystemIdentifier> systems) {
        return systems.stream().map(each -> "system " + each).collect(Collectors.joining(", "));
    }

    @Override
    public int compareTo(SystemIdentifier other) {
        return Long.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toUnsignedString(value);
    }
}
