package dev.walvault.pg;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.walvault.FileNames;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a {@code postgresql.conf} and the files that it includes set, as {@code guc-file.l} reads them: the last word on
 * each name counts. Lines that the server would refuse, and files that are not there, say nothing. It may have come
 * with a backup from anywhere: what is no regular file is not read, nor one that is far too long, nor more than some
 * hundred of them.
 */
public final class ConfigurationFile {
    /** CONF_FILE_MAX_DEPTH of {@code guc-file.l}. */
    private static final int DEEPEST = 10;

    /** That of a new cluster has 30 kB, of comments. */
    private static final long LONGEST = 1 << 20;

    private static final int MOST_FILES = 500;

    private static final Pattern LINE = Pattern.compile(
            "\\s*([A-Za-z_][A-Za-z0-9_$.]*)\\s*=?\\s*(?:'((?:[^'\\\\]++|\\\\.|'')*+)'|([^\\s'#=]+))\\s*(?:#.*)?");

    private final Map<String, String> settings = new HashMap<>();
    private int files;

    private ConfigurationFile() {}

    /** Reads it; one that is not there, or not readable, is empty. */
    public static ConfigurationFile read(Path file) {
        var configuration = new ConfigurationFile();
        configuration.include(file, 0);
        return configuration;
    }

    /** The value of a setting, unquoted. */
    public Optional<String> find(String name) {
        return Optional.ofNullable(settings.get(name));
    }

    private void include(Path file, int depth) {
        List<String> lines;
        try {
            if (files == MOST_FILES || !Files.isRegularFile(file) || Files.size(file) > LONGEST) {
                return;
            }
            files++;
            lines = new String(Files.readAllBytes(file), UTF_8).lines().toList();
        } catch (IOException _) {
            return;
        }
        for (String line : lines) {
            Matcher match = LINE.matcher(line);
            if (match.matches()) {
                String name = match.group(1).toLowerCase(Locale.ROOT);
                String quoted = match.group(2);
                String value = quoted == null ? match.group(3) : unquoted(quoted);
                set(file, name, value, depth);
            }
        }
    }

    private void set(Path file, String name, String value, int depth) {
        if (!name.startsWith("include")) {
            settings.put(name, value);
            return;
        }
        if (depth == DEEPEST) {
            return;
        }
        try {
            Path other = file.resolveSibling(FileNames.path(value));
            if (name.equals("include_dir")) {
                for (Path each : filesOf(other)) {
                    include(each, depth + 1);
                }
            } else {
                include(other, depth + 1);
            }
        } catch (IllegalArgumentException | IOException _) {
            // the server would tell
        }
    }

    private static List<Path> filesOf(Path directory) throws IOException {
        var files = new ArrayList<Path>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "*.conf")) {
            for (Path entry : entries) {
                if (!entry.getFileName().toString().startsWith(".")) {
                    files.add(entry);
                }
            }
        }
        files.sort(null);
        return files;
    }

    private static String unquoted(String text) {
        var value = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean escapes = c == '\\' || c == '\'';
            if (escapes && i + 1 < text.length()) {
                i++;
                value.append(text.charAt(i));
            } else {
                value.append(c);
            }
        }
        return value.toString();
    }
}
