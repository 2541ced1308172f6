package dev.walvault.cli.settings;

import dev.walvault.config.Masked;
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
        return Toml.literal(setting.kind(), shownTexts());
    }

    /** Each as it may be shown; stars for a secret, also for one that does not belong there. */
    public List<String> shownTexts() {
        return texts.stream()
                .map(text -> setting.secret() ? "***" : Masked.text(text))
                .toList();
    }

    @Override
    public String toString() {
        return setting.key() + " = " + shown() + " (" + origin + ")";
    }
}
