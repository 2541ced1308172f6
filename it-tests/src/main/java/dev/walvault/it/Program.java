package dev.walvault.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A program to run as the {@link ServerUser}, in an environment of its own: nothing of the caller's PG*, JAVA_* or
 * WALVAULT_* gets through, so a test does the same everywhere.
 */
public final class Program {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final List<String> command;
    private final Map<String, String> environment;
    private final Path directory;
    private final Optional<Path> log;

    private Program(List<String> command, Map<String, String> environment, Path directory, Optional<Path> log) {
        this.command = List.copyOf(command);
        this.environment = Map.copyOf(environment);
        this.directory = directory;
        this.log = log;
    }

    public static Program of(List<String> command) {
        var environment = new TreeMap<String, String>();
        environment.put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("TZ", "UTC");
        environment.put("HOME", "/");
        JavaHome.reachable().ifPresent(home -> environment.put("WALVAULT_JAVA_HOME", home));
        return new Program(command, environment, Path.of("/"), Optional.empty());
    }

    public static Program of(String... command) {
        return of(List.of(command));
    }

    /** The same, with one more variable. */
    public Program with(String variable, String value) {
        var more = new TreeMap<>(environment);
        more.put(variable, value);
        return new Program(command, more, directory, log);
    }

    /** The same, with more variables. */
    public Program with(Map<String, String> variables) {
        var more = new TreeMap<>(environment);
        more.putAll(variables);
        return new Program(command, more, directory, log);
    }

    /** The same, started in this directory. */
    public Program in(Path workingDirectory) {
        return new Program(command, environment, workingDirectory, log);
    }

    /** The same, with all its output appended to this file. */
    Program loggingTo(Path file) {
        return new Program(command, environment, directory, Optional.of(file));
    }

    /** Starts it in the background. */
    public Running start() throws IOException {
        Path out;
        Path err;
        var builder = new ProcessBuilder(inAnyLocale(ServerUser.current().command(command)))
                .directory(directory.toFile())
                .redirectInput(new File("/dev/null"));
        if (log.isPresent()) {
            out = log.get();
            err = out;
            builder.redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
                    .redirectErrorStream(true);
        } else {
            // files, not pipes: a child that outlives the program would keep a pipe open
            out = Files.createTempFile(outputs(), "out", "");
            err = Files.createTempFile(outputs(), "err", "");
            builder.redirectOutput(out.toFile()).redirectError(err.toFile());
        }
        builder.environment().clear();
        builder.environment().putAll(environment);
        return new Running(command, builder.start(), out, err, log.isPresent() ? List.of() : List.of(out, err));
    }

    /** This JVM gives a program only what its own locale has. A shell makes the bytes of what goes beyond ASCII. */
    private static List<String> inAnyLocale(List<String> command) {
        return command.stream().allMatch(Program::isAscii)
                ? command
                : List.of(
                        "bash",
                        "-c",
                        command.stream().map(Program::quoted).collect(Collectors.joining(" ", "exec ", "")));
    }

    private static boolean isAscii(String word) {
        return word.chars().allMatch(c -> c < 0x80);
    }

    private static String quoted(String word) {
        var quoted = new StringBuilder("$'");
        for (byte b : word.getBytes(UTF_8)) {
            quoted.append("\\x").append(HexFormat.of().toHexDigits(b));
        }
        return quoted.append("'").toString();
    }

    /** Runs it to its end, in three minutes at most. */
    public Ran run() throws IOException, InterruptedException {
        return run(PATIENCE);
    }

    /** Runs it to its end. */
    public Ran run(Duration deadline) throws IOException, InterruptedException {
        try (var running = start()) {
            return running.await(deadline);
        }
    }

    /** Where captured output lies until it is read. */
    private static Path outputs() {
        return Outputs.DIRECTORY;
    }

    private static final class Outputs {
        static final Path DIRECTORY = create();

        private static Path create() {
            try {
                var directory = Files.createTempDirectory("walvault-output");
                Cleanup.register(() -> Workspace.delete(directory));
                return directory;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** This JVM's Java, which is new enough, if the user may use it; else the launcher looks for one itself. */
    private static final class JavaHome {
        private static final Optional<String> HOME = Optional.of(System.getProperty("java.home"))
                .filter(home -> ServerUser.current().canExecute(Path.of(home, "bin", "java")));

        static Optional<String> reachable() {
            return HOME;
        }
    }
}
