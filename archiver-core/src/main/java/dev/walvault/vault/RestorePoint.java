package dev.walvault.vault;

import dev.walvault.IntegrityException;
import dev.walvault.Timestamps;
import dev.walvault.json.JsonObject;
import dev.walvault.json.JsonText;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * A named place in the WAL.
 *
 * @param lsn the end of its record, as {@code pg_create_restore_point} returns it
 * @param time by the server's clock
 */
public record RestorePoint(String name, Lsn lsn, TimelineId timeline, Instant time) {
    /** What the WAL record has room for (MAXFNAMELEN of {@code xlog_internal.h}, less the terminator), in bytes. */
    public static final int LONGEST_NAME = 63;

    public RestorePoint {
        requireName(name);
    }

    /** What stands for bytes that are no character: two names of such bytes would be one. */
    private static final char REPLACEMENT = '\uFFFD';

    /**
     * Checks a name before anything is done with it.
     *
     * @throws IllegalArgumentException if no restore point can have it; the message says why
     */
    public static void requireName(String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > LONGEST_NAME) {
            throw new IllegalArgumentException(
                    "a restore point's name has 1 to " + LONGEST_NAME + " bytes, this one " + bytes);
        }
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a restore point's name has no control characters");
        }
        if (name.indexOf(REPLACEMENT) >= 0) {
            throw new IllegalArgumentException(
                    "a restore point's name is valid UTF-8, and without the character U+FFFD");
        }
    }

    private static String named(String name) {
        requireName(name);
        return name;
    }

    void put(JsonText json) {
        describe(json.put("walvault", JsonObject.FORMAT));
    }

    /** Puts the members that results have, too. */
    public void describe(JsonText json) {
        json.put("name", name)
                .put("lsn", lsn.toString())
                .put("timeline", Integer.toUnsignedLong(timeline.value()))
                .put("time", time.toString());
    }

    /** Reads the document of one. */
    public static RestorePoint read(JsonObject json) throws IntegrityException {
        return new RestorePoint(
                json.as("name", RestorePoint::named),
                json.as("lsn", Lsn::parse),
                json.numberAs("timeline", number -> TimelineId.parse(Long.toString(number))),
                json.as("time", Timestamps::parse));
    }
}
