package dev.walvault.examine;

import java.util.List;

/** Checks of one thing; if the first one fails, the rest would only say the same again. */
public record Checks(Check first, List<Check> rest) {
    public Checks {
        rest = List.copyOf(rest);
    }
}
