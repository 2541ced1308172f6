package dev.walvault.cli;

import dev.walvault.cli.settings.Origin;
import dev.walvault.cli.settings.Setting;
import dev.walvault.cli.settings.Settings;
import dev.walvault.json.JsonText;
import dev.walvault.restore.RestorePlan;
import dev.walvault.restore.RestoreResult;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** What a restore says of itself, and the command it leaves for the server. */
final class RestoreText {
    private RestoreText() {}

    /** As a shell and the server's configuration take it: this program, told which vault to ask, and as whom. */
    static String restoreCommand(Settings settings, String launcher) {
        var command = new StringBuilder();
        for (Setting setting : List.of(
                Setting.VAULT, Setting.CLUSTER, Setting.MEMBER, Setting.IDENTITY_FILES, Setting.STATE_DIRECTORY)) {
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

    /** Quoted where a shell would not leave it alone; a percent sign is the server's. */
    private static String word(String text) {
        String escaped = text.replace("%", "%%");
        return escaped.matches("[A-Za-z0-9_./:%+=@-]+") ? escaped : "'" + escaped.replace("'", "'\\''") + "'";
    }

    static Consumer<JsonText> json(RestorePlan plan, RestoreResult result) {
        List<Consumer<JsonText>> tablespaces = result.tablespaces().entrySet().stream()
                .<Consumer<JsonText>>map(entry -> json -> json.put("oid", entry.getKey())
                        .put("path", entry.getValue().toString()))
                .toList();
        return json -> json.put("directory", result.directory().toString())
                .put("backup", plan.backup().id().toString())
                .put("target", plan.target().toString())
                .put("timeline", Integer.toUnsignedLong(plan.timeline().value()))
                .put("files", result.files())
                .put("bytes", result.bytes())
                .putObjects("tablespaces", tablespaces)
                .putTexts("warnings", result.warnings());
    }

    static String text(RestorePlan plan, RestoreResult result) {
        return "backup %s is restored into \"%s\": %d files, %s\nwhen started, the server recovers along timeline %s to %s"
                .formatted(
                        plan.backup().id(),
                        result.directory(),
                        result.files(),
                        Texts.size(result.bytes()),
                        plan.timeline(),
                        plan.target());
    }
}
