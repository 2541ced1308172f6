package dev.walvault.cli;

import picocli.CommandLine.Command;

@Command(
        name = "restore-point",
        description = "Names moments to which the server can be brought back.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {"%nExamples:", "  walvault restore-point create before-release-42", "  walvault restore-point list"})
final class RestorePointCommand {}
