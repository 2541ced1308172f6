package dev.walvault.cli.command;

import dev.walvault.cli.console.Invocation;
import picocli.CommandLine;

/** The commands that people run. */
final class OperatorCommands {
    private OperatorCommands() {}

    static void addTo(CommandLine root, Invocation invocation) {
        root.addSubcommand(new KeygenCommand(invocation));
        root.addSubcommand(new InitCommand(invocation));
        root.addSubcommand(new BackupCommand(invocation));
        root.addSubcommand(new RestoreCommand(invocation));
        root.addSubcommand(new SalvageCommand(invocation));
        root.addSubcommand(new InfoCommand(invocation));
        var restorePoint = new CommandLine(new RestorePointCommand());
        restorePoint.addSubcommand(new RestorePointCreateCommand(invocation));
        restorePoint.addSubcommand(new RestorePointListCommand(invocation));
        root.addSubcommand(restorePoint);
        root.addSubcommand(new CopyCommand(invocation));
        root.addSubcommand(new DoctorCommand(invocation));
        root.addSubcommand(new ConfigCommand(invocation));
        root.addSubcommand(new VersionCommand(invocation));
    }
}
