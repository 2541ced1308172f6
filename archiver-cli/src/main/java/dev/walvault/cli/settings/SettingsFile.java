package dev.walvault.cli.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.walvault.ConfigurationException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileTrouble;
import dev.walvault.cli.toml.TomlArray;
import dev.walvault.cli.toml.TomlException;
import dev.walvault.cli.toml.TomlReader;
import dev.walvault.cli.toml.TomlTable;
import dev.walvault.cli.toml.TomlValue;
import dev.walvault.config.Nearest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads a TOML file into values; refuses what the table of settings does not have. */
final class SettingsFile {
    private static final int LARGEST = 1 << 20;

    private final Path file;
    private final Map<Setting, Value> values = new EnumMap<>(Setting.class);

    private SettingsFile(Path file) {
        this.file = file;
    }

    static Map<Setting, Value> read(Path file) throws ConfigurationException {
        String text;
        try {
            text = text(file);
        } catch (IOException e) {
            throw Fault.of(ErrorCode.CONFIGURATION, "could not read configuration file \"" + file + "\"")
                    .detail(e instanceof CharacterCodingException ? "it is not UTF-8 text" : FileTrouble.reason(e))
                    .hint(hint(e))
                    .cause(e)
                    .configuration();
        }
        return read(file, text);
    }

    /** As UTF-8, and not without end, as a device may be. */
    private static String text(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new IOException("it has more than " + LARGEST + " bytes");
            }
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        }
    }

    private static String hint(IOException failure) {
        return switch (failure) {
            case NoSuchFileException _ -> "\"walvault config --example\" prints a file to begin with.";
            case CharacterCodingException _ -> "Save it in UTF-8.";
            default -> "Let this user read it, or name another file with --config.";
        };
    }

    /** The values in a file with this text. */
    static Map<Setting, Value> read(Path file, String text) throws ConfigurationException {
        TomlTable document;
        try {
            document = TomlReader.read(text);
        } catch (TomlException e) {
            throw Fault.of(
                            ErrorCode.CONFIGURATION,
                            "syntax error in configuration file at " + file + ":"
                                    + e.position().line() + ":" + e.position().column())
                    .detail(String.valueOf(e.getMessage()))
                    .configuration();
        }
        var settings = new SettingsFile(file);
        settings.take(document, "");
        return settings.values;
    }

    private void take(TomlTable table, String prefix) throws ConfigurationException {
        for (var entry : table.values().entrySet()) {
            String key = prefix + shown(entry.getKey());
            TomlValue found = entry.getValue();
            if (found instanceof TomlTable section) {
                if (!Setting.isSection(key)) {
                    throw unknown(key, true, found);
                }
                take(section, key + ".");
            } else {
                Optional<Setting> setting = Setting.find(key);
                if (setting.isEmpty()) {
                    throw Setting.isSection(key)
                            ? wrongType("section \"" + key + "\"", "a table", found)
                            : unknown(key, false, found);
                }
                values.put(setting.get(), new Value(setting.get(), texts(setting.get(), found), origin(found)));
            }
        }
    }

    /** As it has to be written; a dot in a name is not one between two. */
    private static String shown(String name) {
        boolean bare = !name.isEmpty() && name.chars().allMatch(SettingsFile::isBare);
        return bare ? name : Toml.quoted(name);
    }

    private static boolean isBare(int c) {
        return c == '_' || c == '-' || (c < 0x80 && Character.isLetterOrDigit(c));
    }

    private ConfigurationException unknown(String key, boolean section, TomlValue found) {
        List<String> candidates = Stream.of(Setting.values())
                .map(setting -> section ? setting.section() : setting.key())
                .filter(candidate -> !candidate.isEmpty())
                .distinct()
                .toList();
        var fault = Fault.of(
                        ErrorCode.CONFIGURATION, "unknown " + (section ? "section" : "setting") + " \"" + key + "\"")
                .detail("it stands in " + origin(found));
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

    private List<String> texts(Setting setting, TomlValue found) throws ConfigurationException {
        Setting.Kind kind = setting.kind();
        if (kind.isList() && found instanceof TomlArray array) {
            return texts(setting, array);
        }
        if (kind.isInteger() && found instanceof TomlValue.Whole whole) {
            return List.of(String.valueOf(whole.number()));
        }
        if (kind.isString() && found instanceof TomlValue.Text text) {
            return List.of(text.text());
        }
        throw wrongType("setting \"" + setting.key() + "\"", kind.toml(), found);
    }

    private List<String> texts(Setting setting, TomlArray array) throws ConfigurationException {
        var texts = new ArrayList<String>();
        for (TomlValue element : array.elements()) {
            if (!(element instanceof TomlValue.Text text)) {
                throw wrongType("each element of setting \"" + setting.key() + "\"", Setting.Kind.TEXT.toml(), element);
            }
            texts.add(text.text());
        }
        return texts;
    }

    private ConfigurationException wrongType(String what, String expected, TomlValue found) {
        return Fault.of(ErrorCode.CONFIGURATION, what + " must be " + expected + ", not " + found.what())
                .detail("it stands in " + origin(found))
                .configuration();
    }

    private Origin origin(TomlValue found) {
        return new Origin.ConfigurationFile(file, found.position().line());
    }
}
