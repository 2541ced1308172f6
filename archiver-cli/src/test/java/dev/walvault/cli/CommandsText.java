package dev.walvault.cli;

import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** What {@code --help} prints, of all commands, as a page of documentation. */
final class CommandsText {
    private CommandsText() {}

    static String markdown() {
        var out = new StringBuilder("""
                # Commands

                <!-- printed from the commands by ReferencePagesTest; change them there -->

                Each section is what `--help` prints. The package also has a manual page for each command, such as
                `man walvault-restore`.
                """);
        visible(Reference.commands()).forEach(line -> append(out, line));
        return out.toString();
    }

    private static void append(StringBuilder out, CommandLine line) {
        out.append("\n## ").append(line.getCommandSpec().qualifiedName()).append("\n\n");
        line.getUsageMessage(Ansi.OFF)
                .lines()
                .forEach(text -> out.append(("    " + text).stripTrailing()).append('\n'));
    }

    /** A command and those below it, without what people need not know of. */
    private static Stream<CommandLine> visible(CommandLine line) {
        if (line.getCommandSpec().usageMessage().hidden()) {
            return Stream.empty();
        }
        return Stream.concat(
                Stream.of(line), line.getSubcommands().values().stream().flatMap(CommandsText::visible));
    }
}
