package dev.walvault.json;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * The words that {@code requires} may have anywhere in a vault, as far as this program understands them
 * (docs/FORMAT.md, "Must-understand words"). Whoever reads something that requires another word refuses it as too new.
 */
public final class FormatWords {
    /** None yet: each is added together with what it stands for. */
    private static final Set<String> KNOWN = Set.of();

    private FormatWords() {}

    /** Those of {@code required} that this program does not know, in their order. */
    public static List<String> unknown(Collection<String> required) {
        return required.stream().filter(word -> !KNOWN.contains(word)).toList();
    }
}
