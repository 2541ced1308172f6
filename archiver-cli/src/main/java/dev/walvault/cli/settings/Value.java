package dev.walvault.cli.settings;

import java.util.List;

/** A setting's value in effect: as many texts as were given, none if it is not set. Does not print secrets. */
public record Value(Setting setting, List<String> texts, Origin origin) {
    public Value {
        texts = List.copyOf(texts);
    }

    /** As the configuration file would have it; stars for a secret. */
    public String shown() {
        if (texts.isEmpty()) {
            return "";
        }
        if (setting.secret()) {
            return "***";
        }
        return Toml.literal(setting.kind(), texts);
    }

    @Override
    public String toString() {
        return setting.key() + " = " + shown() + " (" + origin + ")";
    }
}
