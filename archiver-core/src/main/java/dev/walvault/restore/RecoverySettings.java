package dev.walvault.restore;

import dev.walvault.pg.TimelineId;
import dev.walvault.reach.RecoveryTarget;
import dev.walvault.reach.TimelineChoice;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How the restored server begins.
 *
 * @param restoreCommand as the server runs it, with {@code %f} and {@code %p}
 * @param action when the target is reached; means nothing without a target
 */
public record RecoverySettings(
        String restoreCommand, Action action, Role role, Archiving archiving, Subscribing subscribing) {
    /** Where recovery stops: one of them, or none. */
    static final List<String> TARGETS = List.of(
            "recovery_target",
            "recovery_target_name",
            "recovery_target_time",
            "recovery_target_xid",
            "recovery_target_lsn");

    /**
     * What a restore does not use, set to what the server takes for "not set": postgresql.conf, or what it includes,
     * may say otherwise. Before the target that is used: the server refuses an empty target behind another one.
     */
    private static final Map<String, String> UNUSED = unused();

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

    /** Whether the subscriptions of the restored server receive changes, once it is promoted. */
    public enum Subscribing {
        AS_BACKED_UP,
        OFF
    }

    private static Map<String, String> unused() {
        var settings = new LinkedHashMap<String, String>();
        TARGETS.forEach(name -> settings.put(name, ""));
        settings.put("recovery_target_inclusive", "true");
        settings.put("recovery_target_action", "pause");
        return settings;
    }

    /**
     * Names and values of the settings, unquoted, in the order of writing.
     *
     * @param newest the timeline that {@code latest} leads to, if that is known
     */
    Map<String, String> settings(RestorePlan plan, Optional<TimelineId> newest) {
        var settings = new LinkedHashMap<>(UNUSED);
        if (role == Role.PRIMARY) {
            // a standby that is kept behind stays so
            settings.put("recovery_min_apply_delay", "0");
            // version 16 does not know it any more; before, the file would end a pause at the target
            if (plan.backup().facts().serverVersionNum() < 160_000) {
                settings.put("promote_trigger_file", "");
            }
        }
        settings.put("archive_cleanup_command", "");
        // a standby waits at a hole, and takes what comes
        settings.put(
                "restore_command",
                role == Role.STANDBY ? restoreCommand : plan.wal().endingAtHole(restoreCommand));
        settings.put("recovery_end_command", "");
        var used = new LinkedHashMap<>(plan.target().settings());
        if (!(plan.target() instanceof RecoveryTarget.Latest)) {
            used.put("recovery_target_action", action.name().toLowerCase(Locale.ROOT));
        }
        used.put(
                "recovery_target_timeline",
                followsNewest(plan, newest) ? "latest" : plan.timeline().toString());
        settings.keySet().removeAll(used.keySet());
        settings.putAll(used);
        settings.put("recovery_end_command", forgetting(settings.keySet()));
        if (archiving == Archiving.OFF) {
            settings.put("archive_mode", "off");
        }
        if (subscribing == Subscribing.OFF) {
            settings.put("max_logical_replication_workers", "0");
        }
        return settings;
    }

    /**
     * Removes the settings of this recovery when it has ended. A standby that is built from this server would inherit
     * them, and stop or promote itself at their target. The server only warns of a failure, unless the shell's status
     * is above 125: then it would not open.
     */
    private static String forgetting(Set<String> settings) {
        String names = settings.stream()
                .filter(name -> !name.equals("restore_command"))
                .collect(Collectors.joining("|"));
        return "sed -E \"/^(%s) /d\" %2$s > %2$s.walvault && sync %2$s.walvault && mv %2$s.walvault %2$s || rm -f %2$s.walvault"
                .formatted(names, AutoConf.NAME);
    }

    /**
     * Says so where a standby that was to follow the vault without an end keeps to one timeline.
     *
     * @param newest as for {@link #settings}
     */
    Optional<String> caveat(RestorePlan plan, Optional<TimelineId> newest) {
        boolean endless = role == Role.STANDBY
                && plan.target() instanceof RecoveryTarget.Latest
                && plan.choice() instanceof TimelineChoice.Automatic;
        if (!endless || followsNewest(plan, newest)) {
            return Optional.empty();
        }
        String why = newest.map(other -> "timeline " + other + " is newer, and another branch")
                .orElse("it is not known whether the vault has a newer one");
        return Optional.of("the standby keeps to timeline " + plan.timeline() + ": " + why
                + "; when its primary is replaced by a promotion, set recovery_target_timeline to 'latest' in the standby's "
                + AutoConf.NAME + " and restart it");
    }

    private boolean followsNewest(RestorePlan plan, Optional<TimelineId> newest) {
        boolean toTheEnd = plan.target() instanceof RecoveryTarget.Latest;
        return switch (plan.choice()) {
            case TimelineChoice.Latest _ -> true;
            // it outlives the next promotion; were another branch the newest, a standby would take that one
            case TimelineChoice.Automatic _ ->
                toTheEnd && newest.filter(plan.timeline()::equals).isPresent();
            case TimelineChoice.Current _, TimelineChoice.Numbered _ -> false;
        };
    }
}
