package dev.walvault.cli;

import dev.walvault.store.s3.S3Option;

/** The table of S3's options as a part of a page of documentation. */
final class S3OptionsText {
    private static final String BEGIN =
            "<!-- options: printed from S3Option.java by ReferencePagesTest; change them there -->\n";
    private static final String END = "<!-- end of options -->\n";

    private S3OptionsText() {}

    /** {@code page} with what stands between its two marks replaced. */
    static String inPage(String page) {
        int from = page.indexOf(BEGIN) + BEGIN.length();
        return page.substring(0, from) + table() + page.substring(page.indexOf(END, from));
    }

    private static String table() {
        var out = new StringBuilder("""

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
        return out.append('\n').toString();
    }
}
