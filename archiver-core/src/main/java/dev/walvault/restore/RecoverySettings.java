package dev.walvault.restore;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How the restored server shall begin.
 *
 * @param restoreCommand as the server runs it, with {@code %f} and {@code %p}
 * @param action when the target is reached; means nothing without a target
 */
public record RecoverySettings(String restoreCommand, Action action, Role role, Archiving archiving) {

    /** What the server does at the target. */
    public enum Action {
        PAUSE,
        PROMOTE,
        SHUTDOWN
    }

    /** What the server becomes. */
    public enum Role {
        PRIMARY("recovery.signal"),
        STANDBY("standby.signal");

        private final String signalFile;

        Role(String signalFile) {
            this.signalFile = signalFile;
        }

        String signalFile() {
            return signalFile;
        }
    }

    /** Whether the restored server archives. */
    public enum Archiving {
        AS_BACKED_UP,
        OFF
    }

    /** Names and values of the settings, unquoted, in the order of writing. */
    Map<String, String> settings(RestorePlan plan) {
        var settings = new LinkedHashMap<String, String>();
        settings.put("restore_command", restoreCommand);
        settings.putAll(plan.target().settings());
        if (!(plan.target() instanceof RecoveryTarget.Latest)) {
            settings.put("recovery_target_action", action.name().toLowerCase(Locale.ROOT));
        }
        settings.put(
                "recovery_target_timeline",
                followsNewest(plan) ? "latest" : plan.timeline().toString());
        if (archiving == Archiving.OFF) {
            settings.put("archive_mode", "off");
        }
        return settings;
    }

    private boolean followsNewest(RestorePlan plan) {
        return switch (plan.choice()) {
            case TimelineChoice.Latest _ -> true;
            // a standby without a target outlives the next promotion
            case TimelineChoice.Automatic _ -> role == Role.STANDBY && plan.target() instanceof RecoveryTarget.Latest;
            case TimelineChoice.Current _, TimelineChoice.Numbered _ -> false;
        };
    }
}
