package dev.walvault.cli.command;

import picocli.CommandLine.Command;

@Command(
        name = "restore-point",
        description = "Creates and lists restore points: named moments to which the server can be restored.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {"%nExamples:", "  walvault restore-point create before-release-42", "  walvault restore-point list"})
final class RestorePointCommand {}
