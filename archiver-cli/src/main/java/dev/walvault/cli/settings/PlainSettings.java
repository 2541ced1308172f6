package dev.walvault.cli.settings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a configuration file that is as plain as {@code walvault config --example} prints one, as the TOML parser would: a
 * line for each key, strings without escapes, numbers, arrays on one line. Whatever else there is, and every mistake, is
 * the parser's. That one takes longer to set up than all else that archive-push has to read.
 */
final class PlainSettings {
    private static final int MOST_DIGITS = 9;

    private final Path file;
    private final Map<Setting, Value> values = new EnumMap<>(Setting.class);
    private final Set<String> sections = new HashSet<>();
    private String section = "";
    private int number;

    /** The line at hand, and how far it is read. */
    private String line = "";

    private int position;

    private PlainSettings(Path file) {
        this.file = file;
    }

    /** The values in a file with this text; empty if it has to be parsed. */
    static Optional<Map<Setting, Value>> read(Path file, String text) {
        var settings = new PlainSettings(file);
        for (String line : text.split("\n", -1)) {
            if (!settings.take(line)) {
                return Optional.empty();
            }
        }
        return Optional.of(settings.values);
    }

    /** Whether the line was understood. */
    private boolean take(String next) {
        line = next;
        number++;
        position = 0;
        skipBlanks();
        if (atEnd()) {
            return true;
        }
        return line.charAt(position) == '[' ? takeSection() : takeSetting();
    }

    private boolean takeSection() {
        position++;
        section = word();
        return skip(']') && sections.add(section) && Setting.isSection(section) && atEnd();
    }

    private boolean takeSetting() {
        String name = word();
        skipBlanks();
        Setting setting =
                Setting.find(section.isEmpty() ? name : section + "." + name).orElse(null);
        if (setting == null || values.containsKey(setting) || !skip('=')) {
            return false;
        }
        skipBlanks();
        List<String> texts = texts(setting.kind());
        if (texts == null || !atEnd()) {
            return false;
        }
        values.put(setting, new Value(setting, texts, new Origin.ConfigurationFile(file, number)));
        return true;
    }

    private @Nullable List<String> texts(Setting.Kind kind) {
        if (position == line.length()) {
            return null;
        }
        char first = line.charAt(position);
        String one = null;
        if (first == '[' && kind.isList()) {
            return array();
        } else if (first == '"' && kind.isString()) {
            one = string();
        } else if (isDigit(first) && kind.isInteger()) {
            one = integer();
        }
        return one == null ? null : List.of(one);
    }

    private @Nullable List<String> array() {
        var texts = new ArrayList<String>();
        position++;
        skipBlanks();
        while (!skip(']')) {
            String text = position < line.length() && line.charAt(position) == '"' ? string() : null;
            if (text == null) {
                return null;
            }
            texts.add(text);
            skipBlanks();
            boolean last = position < line.length() && line.charAt(position) == ']';
            if (!last && !skip(',')) {
                return null;
            }
            skipBlanks();
        }
        return texts;
    }

    /** Between two quotation marks: nothing that stands for something else. */
    private @Nullable String string() {
        int begin = ++position;
        while (position < line.length() && line.charAt(position) != '"') {
            char c = line.charAt(position++);
            if (c == '\\' || isControl(c)) {
                return null;
            }
        }
        String text = line.substring(begin, position);
        return skip('"') ? text : null;
    }

    private @Nullable String integer() {
        int begin = position;
        while (position < line.length() && isDigit(line.charAt(position))) {
            position++;
        }
        String digits = line.substring(begin, position);
        boolean usual = digits.length() <= MOST_DIGITS && (digits.length() == 1 || digits.charAt(0) != '0');
        return usual ? digits : null;
    }

    /** Small letters and underscores, as all our keys are made of. */
    private String word() {
        int begin = position;
        while (position < line.length() && (line.charAt(position) == '_' || isLetter(line.charAt(position)))) {
            position++;
        }
        return line.substring(begin, position);
    }

    private boolean skip(char expected) {
        boolean there = position < line.length() && line.charAt(position) == expected;
        if (there) {
            position++;
        }
        return there;
    }

    private void skipBlanks() {
        while (position < line.length() && (line.charAt(position) == ' ' || line.charAt(position) == '\t')) {
            position++;
        }
    }

    /** Whether nothing follows, or a comment. */
    private boolean atEnd() {
        skipBlanks();
        if (position == line.length()) {
            return true;
        }
        return line.charAt(position) == '#' && line.substring(position).chars().noneMatch(PlainSettings::isControl);
    }

    private static boolean isLetter(int c) {
        return c >= 'a' && c <= 'z';
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    /** What TOML has in no comment and in no string of one line, and what is no character by itself. */
    private static boolean isControl(int c) {
        return c < ' ' || c == 0x7F || Character.isSurrogate((char) c);
    }
}
