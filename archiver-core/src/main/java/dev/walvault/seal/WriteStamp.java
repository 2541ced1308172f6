package dev.walvault.seal;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Who wrote an object: the host, the program's version, a random id of this write, and when (to the millisecond).
 *
 * <p>It is kept in a line of the age header, which holds visible ASCII only: other characters of the host name become
 * {@code _}, and it is cut to 64.
 */
public record WriteStamp(String host, String version, String write, Instant time) {
    private static final int HOST_LIMIT = 64;

    public WriteStamp {
        host = visible(host);
        requireVisible("version", version);
        requireVisible("write id", write);
        time = time.truncatedTo(ChronoUnit.MILLIS);
    }

    static void requireVisible(String what, String text) {
        if (text.isEmpty() || text.chars().anyMatch(c -> c < '!' || c > '~')) {
            throw new IllegalArgumentException(
                    "invalid " + what + " \"" + text + "\": it must be visible ASCII characters without spaces");
        }
    }

    private static String visible(String host) {
        var text = new StringBuilder();
        for (int i = 0; i < Math.min(host.length(), HOST_LIMIT); i++) {
            char c = host.charAt(i);
            text.append(c < '!' || c > '~' ? '_' : c);
        }
        return text.isEmpty() ? "_" : text.toString();
    }
}
