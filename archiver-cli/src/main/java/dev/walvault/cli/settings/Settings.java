package dev.walvault.cli.settings;

import dev.walvault.ConfigurationException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileNames;
import dev.walvault.config.ByteSizes;
import dev.walvault.config.Durations;
import dev.walvault.config.Nearest;
import dev.walvault.seal.Codec;
import dev.walvault.seal.Compression;
import dev.walvault.sign.TrustedWriter;
import dev.walvault.sign.TrustedWriters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The values in effect: each from the environment, else from the file, else the default. Immutable. */
public final class Settings {
    public static final Path USUAL_FILE = Path.of("/etc/walvault/walvault.toml");
    public static final String FILE_VARIABLE = "WALVAULT_CONFIG";

    /** zstd's usual level is for WAL, which must keep up; a backup has the time for more. */
    private static final int ZSTD_LEVEL_OF_BACKUPS = 3;

    private static final int MOST_JOBS_BY_DEFAULT = 8;
    private static final Set<PosixFilePermission> OTHERS =
            Set.of(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);

    /** Those that are no settings. */
    private static final Set<String> OTHER_VARIABLES =
            Set.of(FILE_VARIABLE, "WALVAULT_DEBUG", "WALVAULT_JAVA_HOME", "WALVAULT_JAVA_OPTS");

    private final Optional<Path> file;
    private final Map<Setting, Value> values;
    private final Map<String, String> environment;
    private final Path workingDirectory;

    private Settings(
            Optional<Path> file, Map<Setting, Value> values, Map<String, String> environment, Path workingDirectory) {
        this.file = file;
        this.values = values;
        this.environment = environment;
        this.workingDirectory = workingDirectory;
    }

    /**
     * Finds and checks every value.
     *
     * @param named the file given with --config, which must be there; only {@link #USUAL_FILE} may be absent
     */
    public static Settings load(Optional<Path> named, Map<String, String> environment, Path workingDirectory)
            throws ConfigurationException {
        Optional<Path> file = locate(named, environment, workingDirectory);
        var values = new EnumMap<Setting, Value>(Setting.class);
        if (file.isPresent()) {
            values.putAll(SettingsFile.read(file.get()));
        }
        for (Setting setting : Setting.values()) {
            Optional<Value> given = fromEnvironment(setting, environment);
            given.ifPresent(value -> values.put(setting, value));
            values.computeIfAbsent(
                    setting, absent -> fromLibpq(absent, environment).orElseGet(() -> builtIn(absent)));
        }
        var settings = new Settings(file, values, environment, workingDirectory);
        settings.check();
        return settings;
    }

    private static Optional<Path> locate(Optional<Path> named, Map<String, String> environment, Path workingDirectory) {
        @Nullable String variable = environment.get(FILE_VARIABLE);
        if (named.isPresent()) {
            return named.map(workingDirectory::resolve);
        }
        if (variable != null && !variable.isEmpty()) {
            return Optional.of(workingDirectory.resolve(FileNames.path(variable)));
        }
        return Optional.of(USUAL_FILE).filter(Files::exists);
    }

    private static Optional<Value> fromEnvironment(Setting setting, Map<String, String> environment) {
        for (String variable : setting.variables()) {
            String text = environment.get(variable);
            if (text != null && !text.isEmpty()) {
                List<String> texts = setting.kind().isList()
                        ? Stream.of(text.split(",", -1))
                                .map(String::strip)
                                .filter(element -> !element.isEmpty())
                                .toList()
                        : List.of(text);
                return Optional.of(new Value(setting, texts, new Origin.Variable(variable)));
            }
        }
        return Optional.empty();
    }

    private static Optional<Value> fromLibpq(Setting setting, Map<String, String> environment) {
        return setting.libpqVariable()
                .filter(variable -> !environment.getOrDefault(variable, "").isEmpty())
                .map(variable ->
                        new Value(setting, List.of(environment.get(variable)), new Origin.LibpqVariable(variable)));
    }

    private static Value builtIn(Setting setting) {
        Optional<String> text = switch (setting) {
            case BACKUP_JOBS, PUSH_JOBS ->
                Optional.of(String.valueOf(
                        Math.min(MOST_JOBS_BY_DEFAULT, Runtime.getRuntime().availableProcessors())));
            case POSTGRES_USER -> Optional.ofNullable(System.getProperty("user.name"));
            case STATE_DIRECTORY -> Optional.of(stateDirectory(System.getProperty("user.home", "?")));
            default -> setting.builtIn();
        };
        return new Value(setting, text.map(List::of).orElse(List.of()), new Origin.BuiltIn());
    }

    /** As the XDG base directory specification has it; a user without a home is a service. */
    private static String stateDirectory(String home) {
        return home.startsWith("/") ? home + "/.local/state/walvault" : "/var/lib/walvault";
    }

    private void check() throws ConfigurationException {
        for (Value value : values.values()) {
            if (value.origin() instanceof Origin.LibpqVariable) {
                // meant for other programs, too: looked at when somebody connects, and never in the way of archiving
                continue;
            }
            // who takes the last one off the list does not mean everybody
            if (value.texts().isEmpty()
                    && value.setting() == Setting.TRUSTED_WRITERS
                    && !(value.origin() instanceof Origin.BuiltIn)) {
                throw invalid(value, Optional.empty(), "the list is empty: name somebody, or leave the setting out");
            }
            for (String text : value.texts()) {
                try {
                    value.setting().check(text);
                } catch (IllegalArgumentException e) {
                    throw invalid(value, Optional.of(text), String.valueOf(e.getMessage()));
                }
                if (value.setting().kind().isPath() && !isPath(text)) {
                    throw invalid(value, Optional.of(text), "it is not a path");
                }
            }
        }
        walCompression();
        backupCompression();
    }

    private static boolean isPath(String text) {
        try {
            var _ = FileNames.path(text);
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    /** {@code text}: which of the setting's texts is meant. */
    private static ConfigurationException invalid(Value value, Optional<String> text, String why) {
        String what = text.filter(_ -> !value.setting().secret())
                .map(shown -> "value \"" + shown + "\"")
                .orElse("value");
        return Fault.of(
                        ErrorCode.CONFIGURATION,
                        "invalid " + what + " of setting \"" + value.setting().key() + "\"")
                .detail(why + "; set by " + value.origin())
                .configuration();
    }

    /** The file read, if any. */
    public Optional<Path> file() {
        return file;
    }

    /** A setting's value and where it came from. */
    public Value value(Setting setting) {
        return Objects.requireNonNull(values.get(setting));
    }

    public Optional<String> find(Setting setting) {
        return value(setting).texts().stream().findFirst();
    }

    /** A value that must be there. */
    public String require(Setting setting) throws ConfigurationException {
        return find(setting)
                .orElseThrow(() -> Fault.of(
                                ErrorCode.CONFIGURATION, "setting \"" + setting.key() + "\" is needed and not set")
                        .detail(setting.description())
                        .hint("Set it in "
                                + file.map(path -> "\"" + path + "\"")
                                        .orElse("a file named with --config, " + FILE_VARIABLE + " or at " + USUAL_FILE)
                                + ", or by " + String.join(" or ", setting.variables()) + ".")
                        .configuration());
    }

    public List<String> texts(Setting setting) {
        return value(setting).texts();
    }

    /** Of a setting that has a default. */
    public int integer(Setting setting) {
        return Integer.parseInt(find(setting).orElseThrow());
    }

    /** Of a setting that has a default. */
    public Duration duration(Setting setting) {
        return Durations.parse(find(setting).orElseThrow());
    }

    /** Of a setting that has a default. */
    public long bytes(Setting setting) {
        return ByteSizes.parse(find(setting).orElseThrow());
    }

    /** Empty if it is not set. */
    public OptionalLong optionalBytes(Setting setting) {
        return find(setting).map(ByteSizes::parse).map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }

    public List<Path> paths(Setting setting) {
        Value value = value(setting);
        Path base = value.origin() instanceof Origin.ConfigurationFile(Path configuration, int _)
                ? Optional.ofNullable(configuration.toAbsolutePath().getParent())
                        .orElse(workingDirectory)
                : workingDirectory;
        return value.texts().stream()
                .map(text -> base.resolve(FileNames.path(text)).normalize())
                .toList();
    }

    public Optional<Path> path(Setting setting) {
        return paths(setting).stream().findFirst();
    }

    public Path requirePath(Setting setting) throws ConfigurationException {
        require(setting);
        return paths(setting).getFirst();
    }

    /** Whose objects are believed; everybody's, unless the configuration names writers. */
    public TrustedWriters trustedWriters() {
        return TrustedWriters.of(
                texts(Setting.TRUSTED_WRITERS).stream()
                        .map(TrustedWriter::parse)
                        .toList(),
                find(Setting.UNSIGNED_BEFORE).map(TrustedWriter::instant));
    }

    public Compression walCompression() throws ConfigurationException {
        return compression(Setting.WAL_CODEC, Setting.WAL_LEVEL, Codec.ZSTD.usualLevel());
    }

    public Compression backupCompression() throws ConfigurationException {
        return compression(Setting.BACKUP_CODEC, Setting.BACKUP_LEVEL, ZSTD_LEVEL_OF_BACKUPS);
    }

    private Compression compression(Setting codec, Setting level, int zstdLevel) throws ConfigurationException {
        Optional<String> given = find(level);
        try {
            if (given.isPresent()) {
                return Compression.parse(require(codec), OptionalInt.of(Integer.parseInt(given.get())));
            }
            Compression usual = Compression.parse(require(codec), OptionalInt.empty());
            return usual.codec() == Codec.ZSTD ? new Compression(Codec.ZSTD, zstdLevel) : usual;
        } catch (IllegalArgumentException e) {
            throw invalid(value(level), given, String.valueOf(e.getMessage()));
        }
    }

    /**
     * What the operator should know although it is no error: secrets that others can read, variables that do nothing.
     */
    public List<SettingsEvent> warnings() {
        var warnings = new ArrayList<SettingsEvent>();
        boolean secretInFile = value(Setting.POSTGRES_PASSWORD).origin() instanceof Origin.ConfigurationFile;
        if (file.isPresent() && secretInFile) {
            warnIfExposed("configuration file", file.get(), warnings);
        }
        path(Setting.POSTGRES_PASSWORD_FILE).ifPresent(path -> warnIfExposed("password file", path, warnings));
        paths(Setting.IDENTITY_FILES).forEach(path -> warnIfExposed("identity file", path, warnings));
        path(Setting.SIGNING_KEY_FILE).ifPresent(path -> warnIfExposed("signing key", path, warnings));
        if (find(Setting.UNSIGNED_BEFORE).isPresent()
                && texts(Setting.TRUSTED_WRITERS).isEmpty()) {
            warnings.add(
                    new SettingsEvent.SettingIneffective(Setting.UNSIGNED_BEFORE.key(), Setting.TRUSTED_WRITERS.key()));
        }
        texts(Setting.VAULT).stream()
                .flatMap(url -> VaultUrls.place(url).secretFiles().stream())
                .forEach(each -> warnIfExposed(each.what(), each.path(), warnings));
        warnOfUnknownVariables(warnings);
        return warnings;
    }

    private static void warnIfExposed(String what, Path path, List<SettingsEvent> warnings) {
        try {
            if (Files.getPosixFilePermissions(path).stream().anyMatch(OTHERS::contains)) {
                warnings.add(new SettingsEvent.SecretExposed(what, path));
            }
        } catch (IOException | UnsupportedOperationException _) {
            // not there or not readable: whoever needs it says so
        }
    }

    private void warnOfUnknownVariables(List<SettingsEvent> warnings) {
        List<String> known = Stream.of(Setting.values())
                .flatMap(setting -> setting.variables().stream())
                .toList();
        environment.keySet().stream()
                .filter(name ->
                        name.startsWith("WALVAULT_") && !known.contains(name) && !OTHER_VARIABLES.contains(name))
                .sorted()
                .forEach(name -> warnings.add(new SettingsEvent.VariableUnknown(name, Nearest.to(name, known))));
    }
}
