package dev.walvault.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call as a server makes it: archive-push or archive-get, its words, and perhaps where the configuration is. Read here
 * because the parser of options takes longer than all else until such a call begins; what has any other option or too few
 * words is the parser's.
 */
final class PlainCall {
    private PlainCall() {}

    /** The command of these arguments; empty if they have to be parsed. */
    static Optional<Subcommand> of(Invocation invocation, String[] arguments) {
        try {
            return find(invocation, arguments);
        } catch (InvalidPathException _) {
            return Optional.empty();
        }
    }

    private static Optional<Subcommand> find(Invocation invocation, String[] arguments) {
        var words = new ArrayList<String>();
        Path config = null;
        for (int i = 0; i < arguments.length; i++) {
            String word = arguments[i];
            boolean namesConfig = word.equals("--config") || word.equals("-c");
            if (namesConfig && config == null && i + 1 < arguments.length && isPlain(arguments[i + 1])) {
                i++;
                config = Path.of(arguments[i]);
            } else if (isPlain(word)) {
                words.add(word);
            } else {
                return Optional.empty();
            }
        }
        Optional<Subcommand> command = command(invocation, words);
        if (command.isPresent()) {
            configure(invocation, config);
        }
        return command;
    }

    private static boolean isPlain(String word) {
        return !word.isEmpty() && !word.startsWith("-");
    }

    private static Optional<Subcommand> command(Invocation invocation, List<String> words) {
        String name = words.isEmpty() ? "" : words.getFirst();
        if (name.equals(CommandTree.ARCHIVE_PUSH) && words.size() == 2) {
            return Optional.of(new ArchivePushCommand(invocation, Path.of(words.get(1))));
        }
        if (name.equals(CommandTree.ARCHIVE_GET) && words.size() == 3) {
            return Optional.of(new ArchiveGetCommand(invocation, words.get(1), Path.of(words.get(2))));
        }
        return Optional.empty();
    }

    private static void configure(Invocation invocation, @Nullable Path config) {
        if (config != null) {
            invocation.options().useConfig(config);
        }
    }
}
