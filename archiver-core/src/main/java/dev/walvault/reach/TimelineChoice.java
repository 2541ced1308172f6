package dev.walvault.reach;

import dev.walvault.pg.TimelineId;

/** Along which timeline to recover, as far as the operator says. */
public sealed interface TimelineChoice {
    /** Not said: that of the restore point, otherwise the one that is clearly right for the target. */
    record Automatic() implements TimelineChoice {}

    /** The newest one, also when a newer one appears while the server recovers. */
    record Latest() implements TimelineChoice {}

    /** The one that the backup was taken on. */
    record Current() implements TimelineChoice {}

    record Numbered(TimelineId timeline) implements TimelineChoice {}

    /** Reads what {@code recovery_target_timeline} takes: {@code latest}, {@code current}, or a number. */
    static TimelineChoice parse(String text) {
        return switch (text) {
            case "latest" -> new Latest();
            case "current" -> new Current();
            default -> new Numbered(TimelineId.parse(text));
        };
    }
}
