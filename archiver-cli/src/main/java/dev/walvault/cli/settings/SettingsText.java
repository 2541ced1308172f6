package dev.walvault.cli.settings;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The table of settings as people read it: an example file, and a page of documentation. */
public final class SettingsText {
    /** Columns of a terminal, less the sign of a comment. */
    private static final int EXAMPLE_WIDTH = 78;

    private SettingsText() {}

    /** A file to begin with: what is required set, the rest commented out with its default. */
    public static String example() {
        var out = new StringBuilder("""
                # walvault's configuration. Keep it where --config, WALVAULT_CONFIG or
                # %s finds it.
                # Every setting can also come from an environment variable:
                # WALVAULT_WAL_CODEC for wal.codec.
                """.formatted(Settings.USUAL_FILE));
        String section = "";
        for (Setting setting : Setting.values()) {
            if (!setting.section().equals(section)) {
                section = setting.section();
                out.append("\n[").append(section).append("]\n");
            }
            out.append("\n# ").append(wrapped(setting.description())).append('\n');
            String line = setting.nameInSection() + " = "
                    + literal(setting, setting.builtIn().orElse(setting.example()));
            out.append(setting == Setting.VAULT ? line : "#" + line).append('\n');
        }
        return out.toString();
    }

    /** docs/reference/configuration.md. */
    public static String markdown() {
        var out = new StringBuilder("""
                # Configuration

                <!-- printed from Setting.java by ReferencePagesTest; change it there -->

                One TOML file, found by `--config`, then `WALVAULT_CONFIG`, then `%s`.
                Without a file, everything must come from the environment. An environment variable overrides the
                file; lists are separated by commas there. Relative paths in the file are relative to its directory,
                those in the environment to the working directory. Durations are written `500ms`, `30s`, `10m` or
                `2h`. An unknown setting is an error that names the nearest known one.

                `walvault config` shows the settings in effect and where each comes from.
                `walvault config --example` prints an example of a file.

                | setting | type | default | environment | meaning |
                |---|---|---|---|---|
                """.formatted(Settings.USUAL_FILE));
        for (Setting setting : Setting.values()) {
            out.append("| `%s` | %s | %s | %s | %s |\n"
                    .formatted(
                            setting.key(),
                            setting.kind().toml(),
                            setting.builtIn()
                                    .map(text -> "`" + literal(setting, text) + "`")
                                    .orElse(""),
                            Stream.concat(setting.variables().stream(), setting.libpqVariable().stream())
                                    .map(name -> "`" + name + "`")
                                    .collect(Collectors.joining(", ")),
                            setting.description()));
        }
        return out.append("""

                        The connection follows libpq, the library of `psql`. Settings of the file and `WALVAULT_` variables
                        come first, then the service, then libpq's own variables, then the defaults. A password that is not
                        set is looked up in `.pgpass`, which must be accessible to its owner only.

                        Some files should be readable by their owner only: a configuration file that contains a password, a
                        password file, an identity file, a signing key, and a file of S3 credentials. If one is not, each
                        command prints a warning.
                        """).toString();
    }

    private static String literal(Setting setting, String text) {
        return Toml.literal(setting.kind(), List.of(text));
    }

    private static String wrapped(String text) {
        var out = new StringBuilder();
        int column = 0;
        for (String word : text.split(" ", -1)) {
            if (column + word.length() > EXAMPLE_WIDTH) {
                out.append("\n# ");
                column = 0;
            } else if (column > 0) {
                out.append(' ');
            }
            out.append(word);
            column += word.length() + 1;
        }
        return out.toString();
    }
}
