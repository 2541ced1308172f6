package dev.walvault.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.walvault.cli.command.CommandTree;
import dev.walvault.cli.console.Invocation;
import dev.walvault.cli.console.Shell;
import dev.walvault.cli.console.StandardOutput;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Map;
import picocli.CommandLine;

/** What the program says of itself, for pages and completions that are made from it. */
public final class Reference {
    private Reference() {}

    /** All commands; none of them is to be run. */
    public static CommandLine commands() {
        var shell = new Shell(
                Map.of(),
                Path.of(""),
                new StandardOutput(PrintStream.nullOutputStream(), UTF_8, () -> false),
                new PrintStream(PrintStream.nullOutputStream()),
                () -> false,
                () -> ZoneOffset.UTC,
                () -> false);
        return CommandTree.of(new Invocation(shell), new String[0]);
    }

    /** docs/reference/exit-status.md. */
    public static String exitStatuses() {
        return ExitStatusText.markdown();
    }
}
