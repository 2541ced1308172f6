package dev.walvault.vault;

import dev.walvault.FileNames;
import dev.walvault.IntegrityException;
import dev.walvault.Timestamps;
import dev.walvault.json.JsonObject;
import dev.walvault.json.JsonText;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.regex.Pattern;

/**
 * A named place in the WAL.
 *
 * @param name its bytes as {@link FileNames} has them: a server takes any but none and zero
 * @param lsn the end of its record, as {@code pg_create_restore_point} returns it
 * @param timeline the one that the server was on when it wrote the record
 * @param time by the server's clock
 */
public record RestorePoint(String name, Lsn lsn, TimelineId timeline, Instant time) {
    /** What the WAL record has room for (MAXFNAMELEN of {@code xlog_internal.h}, less the terminator), in bytes. */
    public static final int LONGEST_NAME = 63;

    /** What the restore points of a whole cluster are called in the WAL of each member: docs/FORMAT.md. */
    private static final Pattern OF_WHOLE_CLUSTER = Pattern.compile("(?s).+\\.[0-9a-f]{8}");

    /** What stands for bytes that are no character: two names of such bytes would be one. */
    private static final char REPLACEMENT = '\uFFFD';

    public RestorePoint {
        requirePossible(name);
    }

    private static String requirePossible(String name) {
        requireLength(FileNames.encode(name).length);
        if (name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a restore point's name has no zero bytes");
        }
        return name;
    }

    /**
     * Checks a name before anything is done with it: whether it can be given on a command line, and is the same
     * everywhere.
     *
     * @throws IllegalArgumentException if it cannot; the message says why
     */
    public static void requireName(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        requireLength(bytes.length);
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a restore point's name has no control characters");
        }
        if (name.indexOf(REPLACEMENT) >= 0 || !new String(bytes, StandardCharsets.UTF_8).equals(name)) {
            throw new IllegalArgumentException(
                    "a restore point's name is valid UTF-8, and without the character U+FFFD");
        }
    }

    private static void requireLength(int bytes) {
        if (bytes == 0 || bytes > LONGEST_NAME) {
            throw new IllegalArgumentException(
                    "a restore point's name has 1 to " + LONGEST_NAME + " bytes, this one " + bytes);
        }
    }

    /**
     * Whether a record of this name is one member's part of a restore point of the whole cluster, or of a failed
     * attempt.
     */
    static boolean isOfWholeCluster(String name, Name member) {
        return member.isOfLargerCluster() && OF_WHOLE_CLUSTER.matcher(name).matches();
    }

    /** What tells one record from all others. */
    public record Place(String name, TimelineId timeline, Lsn lsn) {}

    public Place place() {
        return new Place(name, timeline, lsn);
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
                json.as("name", RestorePoint::requirePossible),
                json.as("lsn", Lsn::parse),
                json.numberAs("timeline", number -> TimelineId.parse(Long.toString(number))),
                json.as("time", Timestamps::parse));
    }
}
