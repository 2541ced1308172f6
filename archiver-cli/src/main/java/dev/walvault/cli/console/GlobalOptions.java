package dev.walvault.cli.console;

import dev.walvault.cli.command.ServerCall;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that every command has, before or after its name; picocli sets them, or {@link ServerCall}. */
public final class GlobalOptions {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "the configuration file, instead of WALVAULT_CONFIG or /etc/walvault/walvault.toml")
    private @Nullable Path config;

    @Option(
            names = "--output",
            paramLabel = "FORMAT",
            scope = ScopeType.INHERIT,
            description =
                    "print results as text, as json, or as jsonl: also what happens meanwhile, each as a line of JSON")
    private OutputFormat output = OutputFormat.TEXT;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "print more details")
    private boolean verbose;

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "print no progress and no log lines, only results, warnings and errors")
    private boolean quiet;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "print this help")
    private boolean help;

    boolean help() {
        return help;
    }

    /** As --config says. */
    public void useConfig(Path file) {
        config = file;
    }

    /** As --output says. */
    public void useOutput(OutputFormat format) {
        output = format;
    }

    /** As --verbose says. */
    public void beVerbose() {
        verbose = true;
    }

    /** As --quiet says. */
    public void beQuiet() {
        quiet = true;
    }

    /** The output that a command line wants which cannot be understood: its error is printed in that way. */
    public void useOutputOf(List<String> arguments) {
        String line = String.join("\n", arguments).toLowerCase(Locale.ROOT) + "\n";
        for (OutputFormat format : OutputFormat.values()) {
            if (line.contains("--output\n" + format + "\n") || line.contains("--output=" + format + "\n")) {
                output = format;
            }
        }
    }

    /** The configuration file that was named; empty: the usual one. */
    public Optional<Path> config() {
        return Optional.ofNullable(config);
    }

    OutputFormat output() {
        return output;
    }

    boolean verbose() {
        return verbose;
    }

    /** Whether nothing but warnings and results is wanted. */
    public boolean quiet() {
        return quiet;
    }
}
