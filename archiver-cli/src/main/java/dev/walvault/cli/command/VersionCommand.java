package dev.walvault.cli.command;

import dev.walvault.cli.console.Invocation;
import dev.walvault.cli.wiring.Version;
import dev.walvault.json.JsonObject;
import picocli.CommandLine.Command;

@Command(
        name = "version",
        description = "Shows the versions of walvault, of the vault format and of Java.",
        footer = {"%nExample:", "  walvault version --output json"})
public final class VersionCommand implements Subcommand {
    private static final int FORMAT = JsonObject.FORMAT;

    private final Invocation invocation;

    public VersionCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public int run() {
        String java = Runtime.version().toString();
        invocation
                .console()
                .result(
                        "version",
                        json -> json.put("version", Version.TEXT)
                                .put("format", FORMAT)
                                .put("java", java),
                        () -> "walvault " + Version.TEXT + " (vault format " + FORMAT + ", Java " + java + ")");
        return 0;
    }
}
