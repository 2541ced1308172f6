package dev.walvault.cli.command;

import dev.walvault.ArchiverException;
import dev.walvault.ConfigurationException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileNames;
import dev.walvault.cli.console.Invocation;
import dev.walvault.cli.console.OutputFormat;
import dev.walvault.cli.console.Usage;
import dev.walvault.cli.console.UsageText;
import dev.walvault.config.Nearest;
import dev.walvault.pg.SystemIdentifier;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * A call as a server makes it: archive-push or archive-get, its options, and its words. This is the only parser of the
 * two. picocli describes them in help; setting it up takes longer than all else until such a call begins.
 */
public final class ServerCall {
    /** What may be given, by the same names and with the same values as picocli knows of all commands. */
    enum Option {
        CONFIG("--config", "-c", true),
        OUTPUT("--output", "", true),
        VERBOSE("--verbose", "-v", false),
        QUIET("--quiet", "-q", false),
        HELP("--help", "-h", false),
        VERSION("--version", "-V", false),
        SYSTEM("--system-identifier", "", true);

        private final String longName;
        private final String letter;
        private final boolean valued;

        Option(String longName, String letter, boolean valued) {
            this.longName = longName;
            this.letter = letter;
            this.valued = valued;
        }

        String longName() {
            return longName;
        }

        /** Its other name; empty if it has none. */
        String letter() {
            return letter;
        }

        boolean isValued() {
            return valued;
        }

        private boolean isCalled(String name) {
            return name.equals(longName) || name.equals(letter);
        }
    }

    private final Invocation invocation;
    private final String command;
    private final Deque<String> rest;
    private final Map<Option, String> given = new EnumMap<>(Option.class);
    private final List<String> words = new ArrayList<>();

    /** Whether the command's name has been read; some options stand before it, some behind. */
    private boolean named;

    private ServerCall(Invocation invocation, String command, String[] arguments) {
        this.invocation = invocation;
        this.command = command;
        this.rest = new ArrayDeque<>(List.of(arguments));
    }

    /**
     * What is to be run; the invocation has the options that every command has.
     *
     * @param command which of the two it is
     */
    public static Subcommand parse(Invocation invocation, String command, String[] arguments) throws ArchiverException {
        var call = new ServerCall(invocation, command, arguments);
        try {
            call.read();
            return call.subcommand();
        } catch (ArchiverException e) {
            invocation.options().useOutputOf(List.of(arguments));
            throw e;
        }
    }

    private void read() throws ConfigurationException {
        boolean options = true;
        while (!rest.isEmpty()) {
            String word = rest.remove();
            if (options && word.equals("--")) {
                options = false;
            } else if (options && word.startsWith("--")) {
                take(word);
            } else if (options && isOption(word)) {
                takeLetters(word);
            } else if (named) {
                words.add(word);
            } else if (word.equals(command)) {
                named = true;
            } else {
                throw refused(
                        ErrorCode.UNKNOWN_COMMAND,
                        UsageText.unknownCommand(word),
                        Nearest.to(word, List.of(CommandTree.ARCHIVE_PUSH, CommandTree.ARCHIVE_GET)));
            }
        }
    }

    private static boolean isOption(String word) {
        return word.length() > 1 && word.startsWith("-");
    }

    /** {@code --name}, {@code --name value} or {@code --name=value}. */
    private void take(String word) throws ConfigurationException {
        int equals = word.indexOf('=');
        Option option = option(equals < 0 ? word : word.substring(0, equals), word);
        if (equals < 0) {
            give(option, option.valued ? value(option) : "");
        } else if (option.valued) {
            give(option, word.substring(equals + 1));
        } else {
            throw wrong(UsageText.needsNoValue(option.longName));
        }
    }

    /** {@code -q}, {@code -vq}, {@code -c value}, {@code -cvalue} or {@code -c=value}. */
    private void takeLetters(String word) throws ConfigurationException {
        for (int i = 1; i < word.length(); i++) {
            String letter = "-" + word.charAt(i);
            Option option = option(letter, i == 1 ? word : letter);
            String behind = word.substring(i + 1);
            if (option.valued) {
                give(option, behind.isEmpty() ? value(option) : behind.substring(behind.startsWith("=") ? 1 : 0));
                return;
            }
            if (behind.startsWith("=")) {
                throw wrong(UsageText.needsNoValue(option.longName));
            }
            give(option, "");
        }
    }

    private Option option(String name, String word) throws ConfigurationException {
        for (Option option : Option.values()) {
            if (option.isCalled(name) && isAllowed(option)) {
                return option;
            }
        }
        List<String> names = Stream.of(Option.values())
                .filter(this::isAllowed)
                .map(Option::longName)
                .toList();
        throw refused(ErrorCode.USAGE, UsageText.unknownOption(word), Nearest.to(name, names));
    }

    private boolean isAllowed(Option option) {
        return switch (option) {
            case VERSION -> !named;
            case SYSTEM -> named && command.equals(CommandTree.ARCHIVE_GET);
            default -> true;
        };
    }

    private void give(Option option, String value) throws ConfigurationException {
        if (given.putIfAbsent(option, value) != null) {
            throw wrong(UsageText.givenTwice(option.longName));
        }
        // at once: what becomes of a mistake that follows is for the configuration to say
        switch (option) {
            case CONFIG -> invocation.options().useConfig(path(value));
            case OUTPUT -> invocation.options().useOutput(format(value));
            case VERBOSE -> invocation.options().beVerbose();
            case QUIET -> invocation.options().beQuiet();
            case HELP, VERSION, SYSTEM -> {
                // of this call alone
            }
        }
    }

    /** The word that follows; what looks like an option is none, unless it is written behind an equals sign. */
    private String value(Option option) throws ConfigurationException {
        String next = rest.peek();
        if (next == null) {
            throw wrong(UsageText.needsValue(option.longName));
        }
        if (isOption(next) || (!named && next.equals(command))) {
            throw wrong(UsageText.needsValueBefore(option.longName, next));
        }
        return rest.remove();
    }

    private OutputFormat format(String text) throws ConfigurationException {
        for (OutputFormat format : OutputFormat.values()) {
            if (format.toString().equalsIgnoreCase(text)) {
                return format;
            }
        }
        String formats =
                Stream.of(OutputFormat.values()).map(OutputFormat::toString).collect(Collectors.joining(", "));
        throw wrong(UsageText.invalid("\"" + text + "\"", Option.OUTPUT.longName, "one of " + formats));
    }

    private Subcommand subcommand() throws ArchiverException {
        for (Option printing : List.of(Option.HELP, Option.VERSION)) {
            if (given.containsKey(printing)) {
                if (!words.isEmpty()) {
                    throw Usage.besideHelp(ErrorCode.USAGE, words.getFirst());
                }
                return printing == Option.HELP ? this::help : new VersionCommand(invocation);
            }
        }
        boolean push = command.equals(CommandTree.ARCHIVE_PUSH);
        requireWords(push ? List.of("PATH") : List.of("NAME", "PATH"));
        Path path = path(words.getLast());
        return push
                ? new ArchivePushCommand(invocation, path)
                : new ArchiveGetCommand(invocation, words.getFirst(), path, system());
    }

    private void requireWords(List<String> expected) throws ConfigurationException {
        if (words.size() < expected.size()) {
            throw wrong(UsageText.missing(expected.subList(words.size(), expected.size())));
        }
        if (words.size() > expected.size()) {
            throw wrong(UsageText.tooMany(words.get(expected.size())));
        }
    }

    private Optional<SystemIdentifier> system() throws ConfigurationException {
        String text = given.get(Option.SYSTEM);
        return text == null
                ? Optional.empty()
                : Optional.of(Usage.meant(Option.SYSTEM.longName, SystemIdentifier::parse, text));
    }

    private Path path(String text) throws ConfigurationException {
        try {
            return FileNames.path(text);
        } catch (IllegalArgumentException _) {
            throw wrong("invalid path \"" + text + "\"");
        }
    }

    private int help() {
        CommandLine described =
                CommandTree.of(invocation, new String[0]).getSubcommands().get(command);
        Objects.requireNonNull(described).usage(invocation.shell().out());
        return 0;
    }

    private ConfigurationException wrong(String message) {
        return refused(ErrorCode.USAGE, message, Optional.empty());
    }

    private ConfigurationException refused(ErrorCode code, String message, Optional<String> near) {
        String help = "Try \"walvault " + command + " --help\".";
        return Fault.of(code, message)
                .hint(near.map(name -> UsageText.didYouMean(name) + help).orElse(help))
                .configuration();
    }
}
