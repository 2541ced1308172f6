package dev.walvault.cli;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.cli.settings.Origin;
import dev.walvault.cli.settings.Setting;
import dev.walvault.cli.settings.Settings;
import dev.walvault.observe.Event;
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
final class Server {
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

    static ServerSession connect(Invocation invocation) throws ArchiverException {
        ServerSession session = JdbcServerSession.connect(address(invocation));
        invocation.cancellation().onCancel(session::cancel);
        return session;
    }

    /** Where the server is, and how to connect to it. */
    static ServerAddress address(Invocation invocation) throws ArchiverException {
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
                        warning -> invocation.console().on(new Event.Warning(warning)))
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
                    .store();
        }
    }
}
