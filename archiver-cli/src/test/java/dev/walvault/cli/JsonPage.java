package dev.walvault.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** docs/JSON.md as a description of objects, against which JSON is held; it remembers what of it was seen. */
final class JsonPage {
    private static final Pattern ROW = Pattern.compile("\\| `([^`]+)` \\| ([^|]+) \\| (?:([^|]*) \\| )?.*\\|");
    private static final Pattern EXTENDS =
            Pattern.compile("(?:Each has the members of a |An? )?\\[[^\\]]+\\]\\(#([^)]*)\\)(?:\\.|, and:)");

    /** A row: of an object its member and the type; of an event its name, severity and members. */
    record Row(String name, String type, String members) {}

    private final Map<String, Map<String, Row>> sections = new LinkedHashMap<>();
    private final Map<String, String> bases = new LinkedHashMap<>();
    private final Set<String> seen = new TreeSet<>();

    private JsonPage() {}

    static JsonPage read(Path file) throws IOException {
        var page = new JsonPage();
        String section = "";
        for (String line : Files.readAllLines(file)) {
            var row = ROW.matcher(line);
            var base = EXTENDS.matcher(line);
            if (line.startsWith("#")) {
                section = line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT);
                page.sections.put(section, new LinkedHashMap<>());
            } else if (row.matches()) {
                String members = row.group(3) == null ? "" : row.group(3);
                page.section(section).put(row.group(1), new Row(row.group(1), row.group(2), members));
            } else if (base.matches()) {
                page.bases.put(section, base.group(1).replace('-', ' '));
            }
        }
        return page;
    }

    Map<String, Row> section(String name) {
        return Objects.requireNonNull(sections.get(name), name);
    }

    /** Fails if an object has a member that the section does not name, or one of another type. */
    void check(String section, Map<String, Object> members) {
        members.forEach((name, value) -> {
            String at = describing(section, name);
            assertThat(at).as("\"%s\" of %s is not in the page", name, section).isNotEmpty();
            seen.add(at + "/" + name);
            check(at + "/" + name, Objects.requireNonNull(section(at).get(name)).type(), value);
        });
    }

    private String describing(String section, String member) {
        if (section(section).containsKey(member)) {
            return section;
        }
        return bases.containsKey(section) ? describing(bases.getOrDefault(section, ""), member) : "";
    }

    private void check(String where, String type, Object value) {
        switch (type) {
            case "text" -> assertThat(value).as(where).isInstanceOf(String.class);
            case "number" -> assertThat(value).as(where).isInstanceOf(Long.class);
            case "flag" -> assertThat(value).as(where).isInstanceOf(Boolean.class);
            case "texts" -> elements(where, value).forEach(each -> check(where, "text", each));
            case "numbers" -> elements(where, value).forEach(each -> check(where, "number", each));
            case "map" -> assertThat(value).as(where).isInstanceOf(Map.class);
            default -> {
                boolean list = type.startsWith("list of ");
                String object = type.replaceFirst("list of ", "").toLowerCase(Locale.ROOT);
                assertThat(sections).as(where).containsKey(object);
                (list ? elements(where, value).stream() : Stream.of(value))
                        .forEach(each -> check(object, members(each)));
            }
        }
    }

    private static List<?> elements(String where, Object value) {
        assertThat(value).as(where).isInstanceOf(List.class);
        return (List<?>) value;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> members(Object object) {
        return (Map<String, Object>) object;
    }

    /** The rows that nothing had of what was checked. */
    List<String> unseen() {
        var rows = new ArrayList<String>();
        sections.forEach((section, members) -> {
            var left = new LinkedHashSet<>(members.keySet());
            left.removeIf(name -> seen.contains(section + "/" + name));
            left.forEach(name -> rows.add(section + "/" + name));
        });
        return rows;
    }
}
