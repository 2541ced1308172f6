package dev.walvault.cli.command;

import dev.walvault.ArchiverException;
import dev.walvault.cli.console.Invocation;
import dev.walvault.cli.console.Texts;
import dev.walvault.cli.settings.Setting;
import dev.walvault.cli.settings.Settings;
import dev.walvault.cli.settings.SettingsText;
import dev.walvault.cli.settings.Value;
import dev.walvault.json.JsonText;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "config",
        description = "Shows the settings in effect and where each comes from, with secrets masked.",
        footer = {"%nExamples:", "  walvault config", "  walvault config --example > /etc/walvault/walvault.toml"})
final class ConfigCommand implements Subcommand {
    private final Invocation invocation;

    @Option(names = "--example", description = "print an example of a configuration file instead")
    private boolean example;

    ConfigCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public int run() throws ArchiverException {
        if (example) {
            invocation.shell().out().print(SettingsText.example());
            return 0;
        }
        Settings settings = invocation.settings();
        List<Value> values = Stream.of(Setting.values()).map(settings::value).toList();
        invocation
                .console()
                .result(
                        "config",
                        json -> {
                            settings.file().ifPresent(file -> json.put("file", file.toString()));
                            json.putObjects(
                                    "settings",
                                    values.stream().map(ConfigCommand::json).toList());
                        },
                        () -> text(values));
        return 0;
    }

    static Consumer<JsonText> json(Value value) {
        return json -> {
            json.put("key", value.setting().key());
            json.putTexts("values", value.shownTexts());
            json.put("origin", value.origin().toString());
        };
    }

    /** Each with where it came from, which has a line of its own where the page is too narrow for both. */
    private static String text(List<Value> values) {
        int width = values.stream()
                .mapToInt(value -> value.setting().key().length())
                .max()
                .orElse(0);
        var out = new StringBuilder();
        for (Value value : values) {
            String key = value.setting().key();
            String shown = key
                    + " ".repeat(width + 2 - key.length())
                    + Texts.visibleLine(value.texts().isEmpty() ? "(not set)" : value.shown());
            String origin = value.texts().isEmpty()
                    ? ""
                    : "  (" + Texts.visibleLine(value.origin().toString()) + ")";
            boolean fits = shown.length() + origin.length() <= Texts.PAGE_WIDTH;
            out.append(shown)
                    .append(fits ? "" : "\n" + " ".repeat(width))
                    .append(origin)
                    .append('\n');
        }
        return out.toString();
    }
}
