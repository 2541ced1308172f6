package dev.walvault.cli.report;

import dev.walvault.ShellWord;
import dev.walvault.cli.console.Texts;
import dev.walvault.cli.settings.Origin;
import dev.walvault.cli.settings.Setting;
import dev.walvault.cli.settings.Settings;
import dev.walvault.json.JsonText;
import dev.walvault.pg.Subscription;
import dev.walvault.pg.Timestamps;
import dev.walvault.pg.wal.WalFacts;
import dev.walvault.reach.RecoveryOutlook;
import dev.walvault.reach.RecoveryTarget;
import dev.walvault.restore.RecoverySettings;
import dev.walvault.restore.RestorePlan;
import dev.walvault.restore.RestoreResult;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What a restore says of itself, and the command it leaves for the server. */
public final class RestoreText {
    private RestoreText() {}

    /**
     * As a shell and the server's configuration take it: this program, told which vault to ask, and as whom.
     *
     * @param only the URL of the one vault that is restored from, where the configuration has others: these may hold
     *     another branch
     */
    public static String restoreCommand(Settings settings, Optional<String> only, String launcher) {
        var command = new StringBuilder();
        only.ifPresent(url -> command.append(Setting.VAULT.variables().getFirst())
                .append('=')
                .append(word(url))
                .append(' '));
        for (Setting setting : List.of(
                Setting.VAULT, Setting.CLUSTER, Setting.MEMBER, Setting.IDENTITY_FILES, Setting.STATE_DIRECTORY)) {
            if (setting == Setting.VAULT && only.isPresent()) {
                continue;
            }
            // the server's environment is another one
            if (settings.value(setting).origin() instanceof Origin.Variable(String name)) {
                List<String> texts = setting.kind().isPath()
                        ? settings.paths(setting).stream().map(Path::toString).toList()
                        : settings.texts(setting);
                command.append(name)
                        .append('=')
                        .append(word(String.join(",", texts)))
                        .append(' ');
            }
        }
        command.append(word(launcher));
        settings.file()
                .ifPresent(file -> command.append(" --config ")
                        .append(word(file.toAbsolutePath().normalize().toString())));
        return command.append(" archive-get %f %p").toString();
    }

    /** Also a percent sign is the server's. */
    private static String word(String text) {
        return ShellWord.of(text.replace("%", "%%"));
    }

    /** As programs read it; {@code warnings}: what people were told on the way. */
    public static Consumer<JsonText> json(RestorePlan plan, RestoreResult result, List<String> warnings) {
        Consumer<JsonText> planned = plan::describe;
        return planned.andThen(result::describe).andThen(json -> json.putTexts("warnings", warnings));
    }

    /** As people read it. */
    public static String text(RestorePlan plan, RestoreResult result) {
        var lines = new ArrayList<String>();
        lines.add("backup %s is restored into \"%s\": %s, %s"
                .formatted(
                        plan.backup().id(),
                        result.directory(),
                        Texts.counted(result.files(), "file"),
                        Texts.size(result.bytes())));
        boolean standby = result.recovery().role() == RecoverySettings.Role.STANDBY;
        lines.add("when started, " + recovery(plan, result.recovery()) + "; start it with");
        lines.add("    " + result.start());
        if (standby) {
            lines.add("to stream from the primary as well, set primary_conninfo in it");
        }
        lines.addAll(caveat(plan));
        plan.outlook()
                .created()
                .forEach(each -> lines.add("recovery creates tablespace " + each.oid()
                        + ", which is younger than the backup, at \"" + place(each, result) + "\""));
        if (!result.archives()) {
            lines.add(
                    standby
                            ? "archive_mode is off, and a primary needs it: to turn it on, before or right after the promotion, run"
                            : "archive_mode is off, also when it is promoted; to let it archive from then on, run");
            // by its path: a connection might be to another server
            lines.add("    echo \"archive_mode = on\" >> "
                    + ShellWord.of(result.directory().resolve("postgresql.auto.conf")));
            lines.add("    " + result.start().replaceFirst("start$", "restart"));
        }
        if (!result.subscriptions().isEmpty()) {
            lines.add("when it was backed up, the server had " + named(result.subscriptions()));
            lines.add(
                    result.subscribes()
                            ? "once promoted, it receives what their publishers send from now on, and not once more"
                                    + " what they have sent"
                            : "they receive nothing here, because they would take it from the server:"
                                    + " max_logical_replication_workers is 0");
        }
        plan.tail()
                .ifPresent(
                        tail -> lines.add("unfinished segment \"%s\" of host \"%s\", %s, is in pg_wal; it goes on to %s"
                                .formatted(
                                        tail.file().name(),
                                        tail.stamp().host(),
                                        Timestamps.text(tail.stamp().time()),
                                        tail.end())));
        return String.join("\n", lines);
    }

    /** PostgreSQL stops a standby at a target, too, and does there what it does with any other server. */
    private static String recovery(RestorePlan plan, RecoverySettings recovery) {
        boolean standby = recovery.role() == RecoverySettings.Role.STANDBY;
        if (plan.target() instanceof RecoveryTarget.Latest) {
            return standby
                    ? "the standby follows the WAL in the vault, along timeline " + plan.timeline()
                    : "the server recovers along timeline " + plan.timeline() + " to " + plan.target();
        }
        String then = switch (recovery.action()) {
            case PAUSE -> standby ? "pauses there, and is promoted when it is resumed" : "pauses there";
            case PROMOTE -> "is promoted there";
            case SHUTDOWN -> "shuts down there";
        };
        return (standby ? "the standby follows timeline " : "the server recovers along timeline ") + plan.timeline()
                + " to " + plan.target() + "\nand " + then;
    }

    /** No mapping reaches what recovery creates. */
    private static String place(WalFacts.Creation created, RestoreResult result) {
        return created.location().isEmpty()
                ? result.directory().resolve("pg_tblspc/" + created.oid()).toString()
                : created.location();
    }

    private static List<String> caveat(RestorePlan plan) {
        Optional<Instant> written = plan.wal().written();
        boolean isOpen = plan.outlook().ending() != RecoveryOutlook.Ending.AT_TARGET;
        return written.isPresent() && isOpen && plan.target() instanceof RecoveryTarget.AtTime
                ? List.of(
                        "the last WAL in the vault was written at " + Timestamps.text(written.get())
                                + "; if nothing was committed after the target,",
                        "the server ends with \"recovery ended before configured recovery target was reached\":",
                        "then restore without a target, or to an earlier time")
                : List.of();
    }

    private static String named(List<Subscription> subscriptions) {
        return (subscriptions.size() == 1 ? "subscription " : "subscriptions ")
                + subscriptions.stream()
                        .map(each -> "\"" + each.name() + "\" in database \"" + each.database() + "\""
                                + (each.enabled() ? "" : " (disabled)"))
                        .collect(Collectors.joining(", "));
    }
}
