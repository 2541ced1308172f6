package dev.walvault.vault;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;

/** A backup's name: the UTC second it began, {@code 20261120T221530Z}. The order of ids is the order of taking. */
public record BackupId(Instant begun) implements Comparable<BackupId> {
    private static final DateTimeFormatter TEXT =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withResolverStyle(ResolverStyle.STRICT);
    private static final Pattern SHAPE = Pattern.compile("[0-9]{8}T[0-9]{6}Z");

    public BackupId {
        begun = begun.truncatedTo(ChronoUnit.SECONDS);
    }

    public static BackupId parse(String text) {
        if (!SHAPE.matcher(text).matches()) {
            throw invalid(text);
        }
        try {
            return new BackupId(LocalDateTime.parse(text, TEXT).toInstant(ZoneOffset.UTC));
        } catch (DateTimeParseException _) {
            throw invalid(text);
        }
    }

    private static IllegalArgumentException invalid(String text) {
        return new IllegalArgumentException("invalid backup id \"" + text + "\": expected one like 20261120T221530Z");
    }

    /** The id that comes after this one when the clock does not say better. */
    public BackupId next() {
        return new BackupId(begun.plus(Duration.ofSeconds(1)));
    }

    @Override
    public int compareTo(BackupId other) {
        return begun.compareTo(other.begun);
    }

    @Override
    public String toString() {
        return TEXT.format(begun.atOffset(ZoneOffset.UTC));
    }
}
