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
                    if (c < ' ') {
                        out.append("\\u%04x".formatted(c));
                    } else {
                        out.append((char) c);
                    }
                }
            }
        });
        return out.append('"').toString();
    }

    static String array(List<String> texts) {
        return texts.stream().map(Toml::quoted).collect(Collectors.joining(", ", "[", "]"));
    }
}
