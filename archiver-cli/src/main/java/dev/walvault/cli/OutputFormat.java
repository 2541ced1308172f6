package dev.walvault.cli;

import java.util.Locale;

/** For whom results are printed. */
enum OutputFormat {
    TEXT,
    JSON;

    /** As it is typed, and offered by the shell's completion. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
