package dev.walvault.cli;

import dev.walvault.store.s3.S3Option;

/** The table of S3's options as a page of documentation. */
final class S3OptionsText {
    private S3OptionsText() {}

    static String markdown() {
        var out = new StringBuilder("""
                # Options of an S3 vault

                <!-- printed from S3Option.java by ReferencePagesTest; change it there -->

                They are in the query of the vault's URL: `s3://bucket/prefix?region=eu-central-1&checksum=md5`.
                In a value only `%`, `&` and `#` have to be percent-encoded. An unknown option is an error that
                names the nearest known one. Sizes are written `512k`, `20M` or `1G` (by 1024), durations `500ms`,
                `30s`, `10m` or `2h`. [The guide](../guides/s3.md) explains how they are used.

                | option | default | example | meaning |
                |---|---|---|---|
                """);
        for (S3Option option : S3Option.values()) {
            out.append("| `%s` | %s | `%s` | %s |\n"
                    .formatted(
                            option.key(),
                            option.builtIn().map(text -> "`" + text + "`").orElse(""),
                            option.example(),
                            option.description()));
        }
        return out.toString();
    }
}
