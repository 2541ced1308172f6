package dev.walvault.cli.settings;

import dev.walvault.ConfigurationException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileTrouble;
import dev.walvault.config.Nearest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;

/** Reads a TOML file into values; refuses what the table of settings does not have. */
final class SettingsFile {
    private final Path file;
    private final TomlParseResult toml;

    private SettingsFile(Path file, TomlParseResult toml) {
        this.file = file;
        this.toml = toml;
    }

    static Map<Setting, Value> read(Path file) throws ConfigurationException {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw Fault.of(ErrorCode.CONFIGURATION, "could not read configuration file \"" + file + "\"")
                    .detail(FileTrouble.reason(e))
                    .hint(
                            e instanceof NoSuchFileException
                                    ? "\"walvault config --example\" prints a file to begin with."
                                    : "Let this user read it, or name another file with --config.")
                    .cause(e)
                    .configuration();
        }
        Optional<Map<Setting, Value>> plain = PlainSettings.read(file, text);
        return plain.isPresent() ? plain.get() : parse(file, text);
    }

    /** Whatever it is. */
    static Map<Setting, Value> parse(Path file, String text) throws ConfigurationException {
        TomlParseResult toml = org.tomlj.Toml.parse(text);
        if (!toml.errors().isEmpty()) {
            throw syntax(file, text, toml.errors().getFirst());
        }
        return new SettingsFile(file, toml).values();
    }

    private static ConfigurationException syntax(Path file, String text, TomlParseError error) {
        int line = error.position().line();
        String offending = text.lines().skip(Math.max(0, line - 1)).findFirst().orElse("");
        var fault = Fault.of(
                ErrorCode.CONFIGURATION,
                "syntax error in configuration file at " + file + ":" + line + ":"
                        + error.position().column());
        // the parser quotes what it stumbled over, which must not be a password
        return offending.contains("password")
                ? fault.configuration()
                : fault.detail(String.valueOf(error.getMessage())).configuration();
    }

    private Map<Setting, Value> values() throws ConfigurationException {
        refuseUnknown();
        var values = new EnumMap<Setting, Value>(Setting.class);
        for (Setting setting : Setting.values()) {
            Object found = toml.get(setting.key());
            if (found != null) {
                values.put(setting, new Value(setting, texts(setting, found), origin(setting.key())));
            }
        }
        return values;
    }

    private void refuseUnknown() throws ConfigurationException {
        for (List<String> path : toml.keyPathSet(true)) {
            String key = String.join(".", path);
            boolean section = toml.isTable(path);
            boolean known = section ? Setting.isSection(key) : Setting.find(key).isPresent();
            if (!known) {
                throw unknown(key, section);
            }
        }
    }

    private ConfigurationException unknown(String key, boolean section) {
        List<String> candidates = Stream.of(Setting.values())
                .map(setting -> section ? setting.section() : setting.key())
                .filter(candidate -> !candidate.isEmpty())
                .distinct()
                .toList();
        var fault = Fault.of(
                        ErrorCode.CONFIGURATION, "unknown " + (section ? "section" : "setting") + " \"" + key + "\"")
                .detail("it stands in " + origin(key));
        Optional<String> nearest = Nearest.to(key, candidates);
        if (!section && nearest.isEmpty()) {
            nearest = sameNameElsewhere(key);
        }
        return nearest.map(name -> fault.hint("Did you mean \"" + name + "\"?"))
                .orElse(fault.hint("\"walvault config --example\" shows all that there are."))
                .configuration();
    }

    /** A key in the wrong section, or in none. */
    private static Optional<String> sameNameElsewhere(String key) {
        String name = key.substring(key.lastIndexOf('.') + 1);
        return Stream.of(Setting.values())
                .filter(setting -> setting.nameInSection().equals(name))
                .map(Setting::key)
                .findFirst();
    }

    private List<String> texts(Setting setting, Object found) throws ConfigurationException {
        if (setting.kind().isList() && found instanceof TomlArray array) {
            var texts = new ArrayList<String>();
            for (Object element : array.toList()) {
                if (!(element instanceof String text)) {
                    throw wrongType(setting, "one with another element");
                }
                texts.add(text);
            }
            return texts;
        }
        if (setting.kind().isInteger() && found instanceof Long number) {
            return List.of(number.toString());
        }
        if (setting.kind().isString() && found instanceof String text) {
            return List.of(text);
        }
        throw wrongType(
                setting,
                switch (found) {
                    case String _ -> "a string";
                    case Long _ -> "an integer";
                    case Boolean _ -> "a boolean";
                    case Double _ -> "a float";
                    case TomlArray _ -> "an array";
                    default -> "something else";
                });
    }

    private ConfigurationException wrongType(Setting setting, String found) {
        return Fault.of(
                        ErrorCode.CONFIGURATION,
                        "setting \"" + setting.key() + "\" must be "
                                + setting.kind().toml() + ", not " + found)
                .detail("it stands in " + origin(setting.key()))
                .configuration();
    }

    private Origin origin(String dottedKey) {
        var position = toml.inputPositionOf(List.of(dottedKey.split("\\.", -1)));
        return new Origin.ConfigurationFile(file, position == null ? 0 : position.line());
    }
}
