package dev.walvault.cli.command;

import dev.walvault.cli.console.GlobalOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "walvault",
        description = "Keeps a PostgreSQL server recoverable to any instant.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "%nTo begin:",
            "  walvault config --example > /etc/walvault/walvault.toml",
            "  walvault keygen -o identity.age",
            "  walvault init",
            "%nEach command has its own --help."
        })
final class WalvaultCommand {
    @Mixin
    private final GlobalOptions options;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "print the version")
    private boolean version;

    WalvaultCommand(GlobalOptions options) {
        this.options = options;
    }

    boolean version() {
        return version;
    }

    GlobalOptions options() {
        return options;
    }
}
