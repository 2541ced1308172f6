package dev.walvault.cli;

/** For whom results are printed. */
enum OutputFormat {
    TEXT,
    JSON
}
