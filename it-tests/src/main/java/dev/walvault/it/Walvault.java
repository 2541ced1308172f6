package dev.walvault.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The packaged program, run through its launcher as the {@link ServerUser} with one configuration file. It is a copy of
 * what the build has packaged, made once for each JVM, since the clone may lie where that user cannot read. The system
 * property walvault.program names the directory where it is another one than archiver-cli/target/walvault.
 */
public final class Walvault {
    private static final byte[] ELF = {0x7F, 'E', 'L', 'F'};

    private final Path launcher;
    private final Path config;
    private final Path directory;
    private final Map<String, String> environment;
    private final List<String> prefix;

    private Walvault(Path launcher, Path config, Path directory, Map<String, String> environment, List<String> prefix) {
        this.launcher = launcher;
        this.config = config;
        this.directory = directory;
        this.environment = Map.copyOf(environment);
        this.prefix = List.copyOf(prefix);
    }

    /** The program with this configuration file, which need not exist yet. */
    public static Walvault with(Path config) {
        return new Walvault(launcher(), config, Path.of("/"), Map.of(), List.of());
    }

    /** The same of another installation: its launcher, or a link that leads to it. */
    public Walvault at(Path otherLauncher) {
        return new Walvault(otherLauncher, config, directory, environment, prefix);
    }

    /** The same, started in this directory, as PostgreSQL starts its commands in the data directory. */
    public Walvault in(Path workingDirectory) {
        return new Walvault(launcher, config, workingDirectory, environment, prefix);
    }

    /** The same, with one more environment variable. */
    public Walvault environment(String variable, String value) {
        var more = new TreeMap<>(environment);
        more.put(variable, value);
        return new Walvault(launcher, config, directory, more, prefix);
    }

    /** The same, run by another program, such as strace. */
    public Walvault under(List<String> program) {
        return new Walvault(launcher, config, directory, environment, program);
    }

    public Path config() {
        return config;
    }

    /** Whether it is the native program, which neither needs a Java nor takes options for one. */
    public static boolean isNative() {
        byte[] magic = new byte[ELF.length];
        try (var program = Files.newInputStream(Installed.built().resolve("bin/walvault"))) {
            return program.read(magic) == magic.length && Arrays.equals(magic, ELF);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The installed launcher. */
    public static Path launcher() {
        return Installed.launcher();
    }

    /** What the build has packaged, for a copy of it: the program that all these tests run. */
    public static Path built() {
        return Installed.built();
    }

    /** A shell command for archive_command and its kind; {@code %p} and {@code %f} stay as they are. */
    public String shellCommand(String... arguments) {
        return Stream.concat(
                        Stream.of(quoted(launcher.toString()), "--config", quoted(config.toString())),
                        Arrays.stream(arguments))
                .collect(Collectors.joining(" "));
    }

    /** archive_command. */
    public String archiveCommand() {
        return shellCommand("archive-push", "%p");
    }

    /** restore_command. */
    public String restoreCommand() {
        return shellCommand("archive-get", "%f", "%p");
    }

    /** Runs a command to its end, in three minutes at most. */
    public Ran run(String... arguments) throws IOException, InterruptedException {
        return program(arguments).run();
    }

    /** Runs a command to its end. */
    public Ran run(Duration deadline, String... arguments) throws IOException, InterruptedException {
        return program(arguments).run(deadline);
    }

    /** Starts a command in the background, to be killed, for example. */
    public Running start(String... arguments) throws IOException {
        return program(arguments).start();
    }

    private Program program(String... arguments) {
        var command = new ArrayList<>(prefix);
        command.add(launcher.toString());
        command.addAll(List.of(arguments));
        return Program.of(command)
                .with("WALVAULT_CONFIG", config.toString())
                .with(environment)
                .in(directory);
    }

    private static String quoted(String word) {
        return "\"" + word + "\"";
    }

    private static final class Installed {
        private static Optional<Path> launcher = Optional.empty();

        static synchronized Path launcher() {
            if (launcher.isEmpty()) {
                launcher = Optional.of(copy());
            }
            return launcher.get();
        }

        static Path built() {
            var built =
                    Project.directory().resolve(System.getProperty("walvault.program", "archiver-cli/target/walvault"));
            if (!Files.isExecutable(built.resolve("bin/walvault"))) {
                throw new IllegalStateException("\"" + built
                        + "\" is missing: these tests run the packaged program, so mvn verify, " + "not mvn test");
            }
            return built;
        }

        private static Path copy() {
            try {
                return Installation.copy(built(), Workspace.create("program"), "walvault")
                        .launcher();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
