package dev.walvault.cli.console;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileTrouble;
import dev.walvault.NativeImage;
import dev.walvault.Retry;
import dev.walvault.config.Masked;
import dev.walvault.config.Nearest;
import dev.walvault.json.JsonText;
import dev.walvault.observe.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.security.ProviderException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Tells the operator, and the program that reads JSON, what went wrong. */
public final class Failures {
    private static final String REPORT =
            "Please report this with the command, the version and, if it happens again, what WALVAULT_DEBUG=1 prints.";

    private final Invocation invocation;

    public Failures(Invocation invocation) {
        this.invocation = invocation;
    }

    /** Tells that the program ends although what was called off has not come to its end. */
    public void abandoned() {
        var failure = Fault.of(ErrorCode.CANCELLED, "interrupted, before what had been begun was cleared away")
                .lock();
        invocation.console().line("ERROR", String.valueOf(failure.getMessage()));
        invocation.console().error(json(invocation.console().command(), failure));
    }

    /** Prints it and returns the exit status. */
    public int report(String command, Throwable failure) {
        return switch (failure) {
            case ArchiverException known -> {
                boolean bug = known.code() == ErrorCode.BUG;
                yield report(command, known, bug);
            }
            case CommandLine.ParameterException usage -> report(command, usage(usage, true), false);
            case UncheckedIOException unread ->
                report(command, ofThisMachine(Objects.requireNonNull(unread.getCause())), false);
            case DirectoryIteratorException unread ->
                report(command, ofThisMachine(Objects.requireNonNull(unread.getCause())), false);
            case LinkageError library -> report(command, notLoaded(library), false);
            case OutOfMemoryError memory -> report(command, outOfMemory(memory), false);
            default -> {
                ArchiverException unexpected = bug(failure);
                yield report(command, unexpected, unexpected.code() == ErrorCode.BUG);
            }
        };
    }

    private int report(String command, ArchiverException reason, boolean traced) {
        ArchiverException failure = explained(command, reason);
        Console console = invocation.console();
        console.finishProgress();
        console.line("ERROR", String.valueOf(failure.getMessage()));
        failure.detail().ifPresent(detail -> console.line("DETAIL", detail));
        failure.hint().ifPresent(hint -> console.line("HINT", hint));
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        if (isDebugging() || (traced && invocation.options().verbose())) {
            cause.printStackTrace(invocation.shell().err());
        }
        console.error(json(command, failure));
        return failure.code().exitStatus();
    }

    /** Whoever interrupts a command wants to know what has become of it. */
    static ArchiverException explained(String command, ArchiverException failure) {
        if (failure.code() != ErrorCode.CANCELLED || failure.detail().isPresent()) {
            return failure;
        }
        Optional<String> left = Optional.ofNullable(
                switch (command) {
                    case "backup" ->
                        "There is no backup of this run. What it had stored was removed, unless a warning says otherwise.";
                    case "restore" ->
                        "Nothing is restored. What had been unpacked was removed, unless a warning says otherwise.";
                    case "copy", "salvage" -> "What was stored stays. Run it again, and it goes on from there.";
                    case "doctor" -> "Probes that are left in a vault are removed by a run that is an hour later.";
                    case "restore-point create" ->
                        "The restore point may exist already: \"walvault restore-point list\" tells.";
                    default -> null;
                });
        return left.isPresent() ? Fault.from(failure).detail(left.get()).exception() : failure;
    }

    /** A failure as programs read it. */
    public static String json(String command, ArchiverException failure) {
        return JsonText.object(object -> Console.head(object, command)
                .putObject(
                        "error",
                        Problem.of(failure)
                                .andThen(error -> error.put(
                                                "status", failure.code().exitStatus())
                                        .put("hint", failure.hint().map(Masked::text)))));
    }

    private boolean isDebugging() {
        @Nullable String debug = invocation.shell().environment().get("WALVAULT_DEBUG");
        return debug != null && !debug.isEmpty() && !debug.equals("0");
    }

    /**
     * A command line that cannot be understood.
     *
     * @param named whether one of the commands is named in it
     */
    public static ArchiverException usage(CommandLine.ParameterException failure, boolean named) {
        if (failure instanceof CommandLine.UnmatchedArgumentException unmatched) {
            return unmatched(unmatched, named);
        }
        // a value that a parser of ours refused carries the parser's own sentence
        Optional<String> own = Optional.ofNullable(failure.getCause())
                .filter(IllegalArgumentException.class::isInstance)
                .map(Throwable::getMessage);
        String message = own.orElseGet(() -> ParserText.inOurStyle(String.valueOf(failure.getMessage())));
        Fault fault = Fault.of(named ? ErrorCode.USAGE : ErrorCode.UNKNOWN_COMMAND, message);
        return (own.isPresent() && failure.getArgSpec() instanceof OptionSpec option
                        ? fault.detail(Usage.givenTo(option.longestName()))
                        : fault)
                .hint("Try \"" + failure.getCommandLine().getCommandSpec().qualifiedName() + " --help\".")
                .cause(failure)
                .configuration();
    }

    private static ArchiverException unmatched(CommandLine.UnmatchedArgumentException failure, boolean named) {
        String word = failure.getUnmatched().getFirst();
        CommandLine line = failure.getCommandLine();
        boolean option = failure.isUnknownOption();
        boolean command = !option && !line.getSubcommands().isEmpty();
        String message = option
                ? UsageText.unknownOption(word)
                : command ? UsageText.unknownCommand(word) : UsageText.tooMany(word);
        String help = "Try \"" + line.getCommandSpec().qualifiedName() + " --help\".";
        List<String> known = command
                ? List.copyOf(line.getSubcommands().keySet())
                : option ? options(line.getCommandSpec()) : List.of();
        Optional<String> near = Nearest.to(word.split("=", 2)[0], known);
        String hint = near.map(name -> UsageText.didYouMean(name) + help).orElse(help);
        return Fault.of(command || !named ? ErrorCode.UNKNOWN_COMMAND : ErrorCode.USAGE, message)
                .hint(hint)
                .cause(failure)
                .configuration();
    }

    private static List<String> options(CommandSpec command) {
        return command.options().stream()
                .filter(option -> !option.hidden())
                .map(OptionSpec::longestName)
                .toList();
    }

    private static ArchiverException outOfMemory(OutOfMemoryError failure) {
        return Fault.of(ErrorCode.BUG, "unexpected: out of memory")
                .detail(String.valueOf(failure.getMessage()))
                .hint(
                        NativeImage.isRunning()
                                ? "Give the process more memory, or fewer --jobs."
                                : "Give it more with WALVAULT_JAVA_OPTS=-Xmx512m, or fewer --jobs.")
                .cause(failure)
                .bug();
    }

    /** A JVM unpacks libraries into its temporary directory; a native program has them beside it. */
    static ArchiverException notLoaded(LinkageError failure) {
        String why = Stream.<Throwable>iterate(failure, Objects::nonNull, Throwable::getCause)
                .flatMap(each -> Optional.ofNullable(each.getMessage()).stream())
                .flatMap(String::lines)
                .findFirst()
                .orElse(failure.getClass().getSimpleName());
        return Fault.of(ErrorCode.LOCAL_FILE, "a library of the program could not be loaded: " + why)
                .hint("Check that the directory \"" + System.getProperty("java.io.tmpdir")
                        + "\" has room, can be written, and is not mounted with noexec; and that the installation is"
                        + " whole.")
                .retry(Retry.UNKNOWN)
                .cause(failure)
                .host();
    }

    /** A file or a directory that could not be read to its end. */
    private static ArchiverException ofThisMachine(IOException failure) {
        return failure instanceof ArchiverException known
                ? known
                : Fault.of(ErrorCode.LOCAL_FILE, "a file or directory of this machine cannot be read")
                        .detail(FileTrouble.named(failure))
                        .hint("Check the disk, and the kernel's log.")
                        .cause(failure)
                        .host();
    }

    /** The kernel's random numbers, of which Java says only that it has none. */
    private static boolean lacksRandomNumbers(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            boolean named = String.valueOf(each.getMessage()).contains("/dev/urandom")
                    || String.valueOf(each.getMessage()).contains("/dev/random")
                    || String.valueOf(each.getMessage()).contains("SecureRandom");
            // of all that providers do for us, nothing else reads a file
            boolean unread = each instanceof ProviderException && each.getCause() instanceof IOException;
            if (named || unread) {
                return true;
            }
        }
        return false;
    }

    /** What nobody foresaw, unless it can be told after all. */
    static ArchiverException bug(Throwable failure) {
        if (lacksRandomNumbers(failure)) {
            return Fault.of(ErrorCode.LOCAL_FILE, "this machine has no random numbers")
                    .detail(String.valueOf(failure.getMessage()))
                    .hint(
                            "/dev/random and /dev/urandom must be there, and readable; a chroot or a container needs them too.")
                    .cause(failure)
                    .host();
        }
        return Fault.of(
                        ErrorCode.BUG,
                        "unexpected " + failure.getClass().getSimpleName()
                                + (failure.getMessage() == null ? "" : ": " + failure.getMessage()))
                .hint(REPORT)
                .cause(failure)
                .bug();
    }
}
