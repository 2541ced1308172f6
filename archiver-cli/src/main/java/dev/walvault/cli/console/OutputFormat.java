package dev.walvault.cli.console;

import java.util.Locale;

/** For whom results are printed. */
public enum OutputFormat {
    TEXT,

    /** The result, or the error, as one JSON object. */
    JSON,

    /** The same as the last of several lines, after one for each event. */
    JSONL;

    /** As it is typed, and offered by the shell's completion. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
