package dev.walvault.cli;

import dev.walvault.ArchiverException;
import dev.walvault.ConfigurationException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.cli.command.CommandTree;
import dev.walvault.cli.command.Doubt;
import dev.walvault.cli.command.ServerCall;
import dev.walvault.cli.command.Subcommand;
import dev.walvault.cli.command.VersionCommand;
import dev.walvault.cli.console.Console;
import dev.walvault.cli.console.Failures;
import dev.walvault.cli.console.Invocation;
import dev.walvault.cli.console.Shell;
import dev.walvault.cli.console.StandardOutput;
import dev.walvault.cli.console.Usage;
import dev.walvault.cli.wiring.Installation;
import dev.walvault.cli.wiring.OperatingUser;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** The program. */
public final class Main {
    /** Beyond this PostgreSQL restarts its archiver process instead of trying again. */
    private static final int WORST_OF_PUSH = 125;

    private Main() {}

    public static void main(String[] arguments) {
        Optional<String> server = CommandTree.serverCommand(arguments);
        int status;
        try {
            Installation.prepare();
            var shell = new Shell(
                    System.getenv(),
                    Path.of("").toAbsolutePath(),
                    StandardOutput.ofThisProcess(),
                    System.err,
                    Main::isTerminal,
                    ZoneId::systemDefault,
                    OperatingUser::isRoot);
            var invocation = new Invocation(shell);
            if (server.isEmpty()) {
                Runnable tooLong = new Failures(invocation)::abandoned;
                try (var signals = Signals.cancel(invocation.cancellation(), tooLong)) {
                    status = signals.ended(run(arguments, invocation));
                }
            } else {
                // these two may die at any moment, and a server that shuts down wants them to
                status = run(arguments, invocation);
            }
        } catch (Throwable failure) {
            boolean nowhere = String.valueOf(failure.getMessage()).contains("current working directory");
            if (nowhere) {
                System.err.println("ERROR:  the current directory does not exist any more, or cannot be read");
            } else {
                failure.printStackTrace(System.err);
            }
            ErrorCode code = nowhere ? ErrorCode.LOCAL_FILE : ErrorCode.BUG;
            status = server.equals(Optional.of(CommandTree.ARCHIVE_GET))
                    ? ErrorCode.DOUBT.exitStatus()
                    : code.exitStatus();
        }
        if (status == ErrorCode.ABSENT.exitStatus() && server.equals(Optional.of(CommandTree.ARCHIVE_GET))) {
            status = Installation.absentStatus();
        }
        System.exit(status);
    }

    /** Also where standard error is what goes elsewhere. */
    @SuppressWarnings("SystemConsoleNull") // from Java 26 on it is null again where nobody is
    private static boolean isTerminal() {
        try {
            String errors = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            if (!errors.startsWith("/dev/pts/") && !errors.startsWith("/dev/tty") && !errors.equals("/dev/console")) {
                return false;
            }
        } catch (IOException | UnsupportedOperationException _) {
            // then the console alone decides
        }
        var console = System.console();
        return console != null && console.isTerminal();
    }

    /** Runs one command and returns its exit status; throws nothing. */
    public static int run(String[] arguments, Shell shell) {
        return run(arguments, new Invocation(shell));
    }

    private static int run(String[] arguments, Invocation invocation) {
        // digits, above all: programs read what is printed and stored here
        Locale.setDefault(Locale.ROOT);
        Optional<String> server = CommandTree.serverCommand(arguments);
        Console console = invocation.console();
        server.ifPresent(console::begin);
        try {
            int status = execute(arguments, invocation);
            if (server.isEmpty() && status == 0) {
                invocation.shell().out().requirePrinted();
            }
            return status;
        } catch (Throwable failure) {
            int status = new Failures(invocation).report(console.command(), failure);
            return switch (server.orElse("")) {
                case CommandTree.ARCHIVE_GET -> Doubt.answer(invocation, arguments);
                case CommandTree.ARCHIVE_PUSH -> Math.min(status, WORST_OF_PUSH);
                default -> status;
            };
        } finally {
            console.end();
        }
    }

    private static void requireNoWordsBesideHelp(ParseResult parsed) throws ConfigurationException {
        boolean help = parsed.isUsageHelpRequested() || parsed.isVersionHelpRequested();
        var words = new ArrayList<String>();
        // the command may stand behind the option
        for (ParseResult each = parsed; each != null; each = each.subcommand()) {
            words.addAll(each.unmatched());
            each.matchedPositionals().forEach(positional -> words.addAll(positional.originalStringValues()));
        }
        if (help && !words.isEmpty()) {
            throw Usage.besideHelp(
                    parsed.commandSpec().parent() == null ? ErrorCode.UNKNOWN_COMMAND : ErrorCode.USAGE,
                    words.getFirst());
        }
    }

    private static int execute(String[] arguments, Invocation invocation) throws ArchiverException {
        Optional<String> server = CommandTree.serverCommand(arguments);
        if (server.isPresent()) {
            return ServerCall.parse(invocation, server.get(), arguments).run();
        }
        CommandLine root = CommandTree.of(invocation, arguments);
        ParseResult parsed;
        try {
            parsed = root.parseArgs(arguments);
        } catch (CommandLine.ParameterException e) {
            invocation.options().useOutputOf(List.of(arguments));
            boolean named = List.of(arguments).stream().anyMatch(root.getSubcommands()::containsKey);
            throw Failures.usage(e, named);
        }
        while (parsed.hasSubcommand() && !parsed.isUsageHelpRequested()) {
            parsed = parsed.subcommand();
        }
        requireNoWordsBesideHelp(parsed);
        CommandLine line = parsed.commandSpec().commandLine();
        PrintStream out = invocation.shell().out();
        if (parsed.isUsageHelpRequested()) {
            line.usage(out);
            return 0;
        }
        Object command = parsed.isVersionHelpRequested() ? new VersionCommand(invocation) : line.getCommand();
        if (!(command instanceof Subcommand subcommand)) {
            throw Fault.of(ErrorCode.UNKNOWN_COMMAND, "a command is missing")
                    .detail("there are "
                            + String.join(", ", line.getSubcommands().keySet()))
                    .hint("Try \"" + line.getCommandSpec().qualifiedName() + " --help\".")
                    .configuration();
        }
        invocation
                .console()
                .begin(
                        parsed.isVersionHelpRequested()
                                ? "version"
                                : line.getCommandSpec().qualifiedName().substring("walvault ".length()));
        return subcommand.run();
    }
}
