package dev.walvault.reach;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;

/** How the settings of a {@link RecoveryTarget} are spelled. */
final class TargetSettings {
    /** Microseconds are what the server counts; a zone, because it would take its own. */
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS'+00'").withZone(ZoneOffset.UTC);

    private TargetSettings() {}

    static String text(Instant time) {
        return TIME.format(time);
    }

    static Map<String, String> of(String name, String value, boolean inclusive) {
        var settings = new LinkedHashMap<String, String>();
        settings.put(name, value);
        settings.put("recovery_target_inclusive", inclusive ? "true" : "false");
        return settings;
    }
}
