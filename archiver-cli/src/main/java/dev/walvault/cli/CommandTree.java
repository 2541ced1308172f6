package dev.walvault.cli;

import dev.walvault.pg.SystemIdentifier;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;

/** The commands and how they are found. Of the two that a server calls, only the one that is called is built. */
final class CommandTree {
    static final String ARCHIVE_PUSH = "archive-push";
    static final String ARCHIVE_GET = "archive-get";

    /** What archive-get starts beside itself; for nobody else. */
    static final String ARCHIVE_PREFETCH = "archive-prefetch";

    private CommandTree() {}

    /**
     * Which of the two a server calls this is, if any. Any word will do, as for the launcher: a mistyped option before it
     * must not make the server believe another command's status.
     */
    static Optional<String> serverCommand(String[] arguments) {
        return List.of(arguments).stream()
                .filter(word -> word.equals(ARCHIVE_PUSH) || word.equals(ARCHIVE_GET))
                .findFirst();
    }

    static CommandLine of(Invocation invocation, String[] arguments) {
        var root = new CommandLine(new WalvaultCommand(invocation.options()));
        Optional<String> server = serverCommand(arguments);
        if (server.isEmpty() && List.of(arguments).contains(ARCHIVE_PREFETCH)) {
            root.addSubcommand(new ArchivePrefetchCommand(invocation));
        } else if (server.isEmpty()) {
            OperatorCommands.addTo(root, invocation);
        }
        // a word that only looks like one of the two must not hide it from --help or from a typo's hint
        if (!server.equals(Optional.of(ARCHIVE_GET))) {
            root.addSubcommand(new ArchivePushCommand(invocation));
        }
        if (!server.equals(Optional.of(ARCHIVE_PUSH))) {
            root.addSubcommand(new ArchiveGetCommand(invocation));
        }
        root.setCaseInsensitiveEnumValuesAllowed(true);
        root.registerConverter(SystemIdentifier.class, SystemIdentifier::parse);
        root.setUsageHelpWidth(Texts.PAGE_WIDTH);
        root.setUsageHelpAutoWidth(false);
        root.setExpandAtFiles(false);
        return root;
    }
}
