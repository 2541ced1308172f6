package dev.walvault.cli;

import picocli.CommandLine;

/** The commands that people run. */
final class OperatorCommands {
    private OperatorCommands() {}

    static void addTo(CommandLine root, Invocation invocation) {
        root.addSubcommand(new KeygenCommand(invocation));
        root.addSubcommand(new InitCommand(invocation));
        root.addSubcommand(new ConfigCommand(invocation));
        root.addSubcommand(new VersionCommand(invocation));
    }
}
