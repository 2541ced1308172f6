package dev.walvault.cli.command;

import dev.walvault.cli.console.Invocation;
import dev.walvault.cli.console.Texts;
import dev.walvault.cli.wiring.Prefetching;
import dev.walvault.pg.SystemIdentifier;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;

/**
 * The commands and how they are found. The two that a server calls are in the tree only to be described:
 * {@link ServerCall} parses them.
 */
public final class CommandTree {
    /** The archive_command. */
    public static final String ARCHIVE_PUSH = "archive-push";
    /** The restore_command. */
    public static final String ARCHIVE_GET = "archive-get";

    private CommandTree() {}

    /**
     * Which of the two a server calls this is, if any. Any word will do, as for the launcher: a mistyped option before
     * it must not make the server believe another command's status.
     */
    public static Optional<String> serverCommand(String[] arguments) {
        return List.of(arguments).stream()
                .filter(word -> word.equals(ARCHIVE_PUSH) || word.equals(ARCHIVE_GET))
                .findFirst();
    }

    /** All commands that these arguments may mean, for picocli. */
    public static CommandLine of(Invocation invocation, String[] arguments) {
        var root = new CommandLine(new WalvaultCommand(invocation.options()));
        if (List.of(arguments).contains(Prefetching.COMMAND)) {
            root.addSubcommand(new ArchivePrefetchCommand(invocation));
        } else {
            OperatorCommands.addTo(root, invocation);
        }
        root.addSubcommand(new ArchivePushCommand(invocation));
        root.addSubcommand(new ArchiveGetCommand(invocation));
        root.setCaseInsensitiveEnumValuesAllowed(true);
        root.registerConverter(SystemIdentifier.class, SystemIdentifier::parse);
        root.setUsageHelpWidth(Texts.PAGE_WIDTH);
        root.setUsageHelpAutoWidth(false);
        root.setExpandAtFiles(false);
        return root;
    }
}
