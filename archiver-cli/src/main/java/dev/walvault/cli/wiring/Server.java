package dev.walvault.cli.wiring;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.OwnLine;
import dev.walvault.PostgresException;
import dev.walvault.cli.console.CommandEvent;
import dev.walvault.cli.console.Invocation;
import dev.walvault.cli.console.Shell;
import dev.walvault.cli.settings.Origin;
import dev.walvault.cli.settings.Setting;
import dev.walvault.cli.settings.Settings;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.PostmasterFile;
import dev.walvault.pg.ServerControl;
import dev.walvault.pg.link.ConnectionOption;
import dev.walvault.pg.link.JdbcServerSession;
import dev.walvault.pg.link.LibpqConventions;
import dev.walvault.pg.link.ServerAddress;
import dev.walvault.pg.link.ServerSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The configured server, for commands that connect to it. */
public final class Server {
    /** What the settings have as libpq has it. */
    private static final Map<Setting, ConnectionOption> OPTIONS = new EnumMap<>(Map.ofEntries(
            Map.entry(Setting.POSTGRES_HOST, ConnectionOption.HOST),
            Map.entry(Setting.POSTGRES_PORT, ConnectionOption.PORT),
            Map.entry(Setting.POSTGRES_USER, ConnectionOption.USER),
            Map.entry(Setting.POSTGRES_DATABASE, ConnectionOption.DATABASE),
            Map.entry(Setting.POSTGRES_PASSWORD, ConnectionOption.PASSWORD),
            Map.entry(Setting.POSTGRES_PASSFILE, ConnectionOption.PASSFILE),
            Map.entry(Setting.POSTGRES_SSLMODE, ConnectionOption.SSLMODE),
            Map.entry(Setting.POSTGRES_SSLROOTCERT, ConnectionOption.SSLROOTCERT),
            Map.entry(Setting.POSTGRES_SSLCERT, ConnectionOption.SSLCERT),
            Map.entry(Setting.POSTGRES_SSLKEY, ConnectionOption.SSLKEY),
            Map.entry(Setting.POSTGRES_REQUIRE_AUTH, ConnectionOption.REQUIRE_AUTH),
            Map.entry(Setting.POSTGRES_CONNECT_TIMEOUT, ConnectionOption.CONNECT_TIMEOUT)));

    /** No path, but those that the operating system trusts. */
    private static final String SYSTEM = "system";

    private Server() {}

    /** A session with the configured server, which the caller closes. */
    public static ServerSession connect(Invocation invocation) throws ArchiverException {
        ServerSession session = connect(invocation, address(invocation), "");
        invocation.cancellation().onCancel(session::cancel);
        return session;
    }

    /**
     * Connects to this address. Where that fails because no server runs in the data directory, that is the error.
     *
     * @param otherwise what else to do then than to start it, on a line of its own
     */
    public static ServerSession connect(Invocation invocation, ServerAddress address, String otherwise)
            throws ArchiverException {
        try {
            return JdbcServerSession.connect(address);
        } catch (PostgresException e) {
            Optional<Path> stopped =
                    invocation.settings().path(Setting.PGDATA).filter(pgdata -> isStopped(pgdata, address));
            if (e.code() != ErrorCode.POSTGRES_UNREACHABLE || stopped.isEmpty()) {
                throw e;
            }
            boolean crashed = PostmasterFile.isIn(stopped.get());
            throw Fault.from(e)
                    .message("no server runs in \"" + stopped.get() + "\""
                            + (crashed ? ", whose postmaster.pid names a process that is none" : ""))
                    .detail(e.getMessage()
                            + e.detail().map(detail -> ": " + detail).orElse(""))
                    .hint("Start it:"
                            + OwnLine.of(ServerControl.of(stopped.get()).start()) + otherwise)
                    .cause(e)
                    .postgres();
        }
    }

    /** One that has left its postmaster.pid may run on another host. */
    private static boolean isStopped(Path pgdata, ServerAddress address) {
        return Files.isReadable(pgdata.resolve(ControlFile.PATH))
                && (address.isThisHost() ? !PostmasterFile.isServed(pgdata) : !PostmasterFile.isIn(pgdata));
    }

    /** Where the server is, and how to connect to it. */
    public static ServerAddress address(Invocation invocation) throws ArchiverException {
        Settings settings = invocation.settings();
        Map<ConnectionOption, String> given = options(
                settings, origin -> origin instanceof Origin.ConfigurationFile || origin instanceof Origin.Variable);
        Optional<String> password = passwordOfFile(settings);
        password.ifPresent(text -> given.putIfAbsent(ConnectionOption.PASSWORD, text));
        Optional<LibpqConventions.Service> service = settings.find(Setting.POSTGRES_SERVICE)
                .map(name -> new LibpqConventions.Service(name, settings.path(Setting.POSTGRES_SERVICE_FILE)));
        return new LibpqConventions(
                        home(invocation.shell()),
                        System.getProperty("user.name", ""),
                        settings.path(Setting.PGDATA),
                        warning -> invocation.console().on(new CommandEvent.PasswordFileUnused(warning)))
                .address(given, service, options(settings, Origin.LibpqVariable.class::isInstance));
    }

    /** As libpq finds it. */
    private static Path home(Shell shell) {
        String variable = shell.environment().getOrDefault("HOME", "");
        return Path.of(variable.isEmpty() ? System.getProperty("user.home", "/") : variable);
    }

    private static Map<ConnectionOption, String> options(Settings settings, Predicate<Origin> from) {
        var options = new EnumMap<ConnectionOption, String>(ConnectionOption.class);
        OPTIONS.forEach((setting, option) -> {
            if (from.test(settings.value(setting).origin())) {
                settings.find(setting).ifPresent(text -> options.put(option, resolved(settings, setting, text)));
            }
        });
        return options;
    }

    private static String resolved(Settings settings, Setting setting, String text) {
        return setting.kind().isPath() && !text.equals(SYSTEM)
                ? settings.path(setting).orElseThrow().toString()
                : text;
    }

    private static Optional<String> passwordOfFile(Settings settings) throws ArchiverException {
        Optional<Path> file = settings.path(Setting.POSTGRES_PASSWORD_FILE);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try (var lines = Files.lines(file.get())) {
            return lines.findFirst();
        } catch (IOException e) {
            throw Fault.of(ErrorCode.LOCAL_FILE, "could not read password file \"" + file.get() + "\"")
                    .detail(String.valueOf(e.getMessage()))
                    .cause(e)
                    .host();
        }
    }
}
