package dev.walvault.pg.link;

import dev.walvault.FileNames;
import dev.walvault.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How to connect to a server, when everything is decided. {@link LibpqConventions} decides it.
 *
 * @param host a host name, an address, or the directory of a UNIX-domain socket, which begins with "/"
 * @param requireAuth what the server may ask for to know who connects, in libpq's words; empty allows everything
 * @param connectTimeout how long connecting may take; zero has no limit
 * @param note how the host was found, for whoever wonders why it is this one; empty if it was given
 */
public record ServerAddress(
        String host,
        int port,
        String user,
        String database,
        Optional<Secret> password,
        Tls tls,
        Optional<String> requireAuth,
        Duration connectTimeout,
        Optional<String> note) {

    /**
     * How a connection over TCP is encrypted; none of it matters for a socket.
     *
     * @param mode one of libpq's for {@code sslmode}
     * @param rootCertificates of whom the server's certificate must be, in PEM
     * @param certificate what this host shows, in PEM
     * @param key its private key, in PEM
     */
    public record Tls(String mode, Optional<Path> rootCertificates, Optional<Path> certificate, Optional<Path> key) {
        private static final String VERIFY = "verify-";

        /** Whether the server must prove who it is. */
        boolean verifies() {
            return mode.startsWith(VERIFY);
        }
    }

    static boolean isSocketDirectory(String host) {
        return host.startsWith("/");
    }

    /** As PostgreSQL names it. */
    static Path socket(Path directory, int port) {
        return directory.resolve(".s.PGSQL." + port);
    }

    /** The UNIX-domain socket, if it is one. */
    public Optional<Path> socket() {
        return isSocketDirectory(host) ? Optional.of(socket(FileNames.path(host), port)) : Optional.empty();
    }

    /** Whether it is surely this host's. */
    public boolean isThisHost() {
        return isThisHost(host);
    }

    static boolean isThisHost(String host) {
        return isSocketDirectory(host) || LibpqConventions.THIS_HOST.contains(host);
    }

    /** Where the server is, for messages. */
    public String where() {
        return socket().map(path -> "socket \"" + path + "\"").orElse(host + ":" + port);
    }
}
