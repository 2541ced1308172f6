package dev.walvault.cli;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Secret;
import dev.walvault.cli.settings.Setting;
import dev.walvault.cli.settings.Settings;
import dev.walvault.pg.link.JdbcServerSession;
import dev.walvault.pg.link.ServerAddress;
import dev.walvault.pg.link.ServerSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The configured server, for commands that connect to it. */
final class Server {
    private Server() {}

    static ServerSession connect(Settings settings) throws ArchiverException {
        return JdbcServerSession.connect(new ServerAddress(
                settings.require(Setting.POSTGRES_HOST),
                settings.integer(Setting.POSTGRES_PORT),
                settings.require(Setting.POSTGRES_USER),
                settings.require(Setting.POSTGRES_DATABASE),
                password(settings)));
    }

    private static Optional<Secret> password(Settings settings) throws ArchiverException {
        Optional<Path> file = settings.path(Setting.POSTGRES_PASSWORD_FILE);
        Optional<String> text = settings.find(Setting.POSTGRES_PASSWORD);
        if (text.isPresent() || file.isEmpty()) {
            return text.map(Secret::new);
        }
        try (var lines = Files.lines(file.get())) {
            return lines.findFirst().map(Secret::new);
        } catch (IOException e) {
            throw Fault.of(ErrorCode.LOCAL_FILE, "could not read password file \"" + file.get() + "\"")
                    .detail(String.valueOf(e.getMessage()))
                    .cause(e)
                    .store();
        }
    }
}
