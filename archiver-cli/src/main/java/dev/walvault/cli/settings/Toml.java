package dev.walvault.cli.settings;

import java.util.List;
import java.util.stream.Collectors;

/** Values as a TOML file has them. */
final class Toml {
    private Toml() {}

    static String quoted(String text) {
        var out = new StringBuilder("\"");
        text.chars().forEach(c -> {
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (c < ' ' || c == 0x7F) {
                        out.append("\\u%04x".formatted(c));
                    } else {
                        out.append((char) c);
                    }
                }
            }
        });
        return out.append('"').toString();
    }

    /** A value of this kind; there must be one text at least. */
    static String literal(Setting.Kind kind, List<String> texts) {
        return switch (kind) {
            case INTEGER -> texts.getFirst();
            case COUNT -> texts.getFirst().matches("[0-9]+") ? texts.getFirst() : quoted(texts.getFirst());
            case TEXT, PATH -> quoted(texts.getFirst());
            case ONE_OR_MORE -> texts.size() == 1 ? quoted(texts.getFirst()) : array(texts);
            case TEXTS, PATHS -> array(texts);
        };
    }

    static String array(List<String> texts) {
        return texts.stream().map(Toml::quoted).collect(Collectors.joining(", ", "[", "]"));
    }
}
