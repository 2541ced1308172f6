package dev.walvault.pg.link;

import dev.walvault.ConfigurationException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileNames;
import dev.walvault.Secret;
import dev.walvault.pg.PostmasterFile;
import dev.walvault.pg.PostmasterFile.Listening;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Decides how to connect, as every program that uses libpq would: what is given comes first, then the service, then the
 * environment, then the defaults. The default is a UNIX-domain socket of this host where there is one.
 *
 * <p>Where libpq is careless with a password, this is not: unless the server has to prove who it is, a password is used
 * for SCRAM only, which shows nothing of it to a server that pretends.
 */
public final class LibpqConventions {
    private static final int USUAL_PORT = 5432;
    private static final String USUAL_DATABASE = "postgres";
    private static final String USUAL_CONNECT_TIMEOUT = "10";
    private static final String LOCALHOST = "localhost";
    static final List<String> THIS_HOST = List.of(LOCALHOST, "127.0.0.1", "::1");
    private static final String VERIFY_FULL = "verify-full";
    private static final List<String> MODES =
            List.of("disable", "allow", "prefer", "require", "verify-ca", VERIFY_FULL);

    /** Debian's and Red Hat's, and PostgreSQL's own. */
    private static final List<Path> USUAL_SOCKET_DIRECTORIES = List.of(Path.of("/var/run/postgresql"), Path.of("/tmp"));

    /** Anybody can put a socket here, and wait for passwords. */
    private static final Path OPEN_TO_ALL = Path.of("/tmp");

    /** "None" is what the server does that asks for nothing: peer, trust, a certificate. */
    private static final String SAFE_WITHOUT_PROOF = "scram-sha-256,none";

    /** Debian's, Red Hat's, SUSE's. */
    private static final List<Path> CERTIFICATES_OF_SYSTEMS = List.of(
            Path.of("/etc/ssl/certs/ca-certificates.crt"),
            Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
            Path.of("/etc/ssl/ca-bundle.pem"));

    private final Path home;
    private final String operatingSystemUser;
    private final Optional<Path> dataDirectory;
    private final List<Path> socketDirectories;
    private final Consumer<String> warnings;

    /**
     * For this user of this host.
     *
     * @param home the user's; {@code .pgpass}, {@code .pg_service.conf} and {@code .postgresql} are looked for there
     * @param dataDirectory of the server, if it is on this host; its {@code postmaster.pid} says where it listens
     */
    public LibpqConventions(
            Path home, String operatingSystemUser, Optional<Path> dataDirectory, Consumer<String> warnings) {
        this(home, operatingSystemUser, dataDirectory, USUAL_SOCKET_DIRECTORIES, warnings);
    }

    LibpqConventions(
            Path home,
            String operatingSystemUser,
            Optional<Path> dataDirectory,
            List<Path> socketDirectories,
            Consumer<String> warnings) {
        this.home = home;
        this.operatingSystemUser = operatingSystemUser;
        this.dataDirectory = dataDirectory;
        this.socketDirectories = List.copyOf(socketDirectories);
        this.warnings = warnings;
    }

    /** A section of a service file; without a file, of the user's own. */
    public record Service(String name, Optional<Path> file) {}

    /**
     * The address of the server.
     *
     * @param given counts most
     * @param environment counts if neither {@code given} nor the service says anything
     * @throws ConfigurationException CONFIGURATION if what is said cannot be used
     */
    public ServerAddress address(
            Map<ConnectionOption, String> given, Optional<Service> service, Map<ConnectionOption, String> environment)
            throws ConfigurationException {
        Map<ConnectionOption, String> said = new EnumMap<>(ConnectionOption.class);
        said.putAll(environment);
        if (service.isPresent()) {
            said.putAll(find(service.get()));
        }
        said.putAll(given);
        for (var each : said.entrySet()) {
            if (each.getValue().chars().anyMatch(Character::isISOControl)) {
                throw unusable(each.getKey(), "there is a control character in it");
            }
        }
        return new Decision(said).address();
    }

    private Map<ConnectionOption, String> find(Service service) throws ConfigurationException {
        Path file = service.file().orElse(home.resolve(".pg_service.conf"));
        return new ServiceFile(file)
                .find(service.name())
                .orElseThrow(() -> Fault.of(ErrorCode.CONFIGURATION, "there is no service \"" + service.name() + "\"")
                        .detail("service file \"" + file + "\" does not have it")
                        .configuration());
    }

    private static ConfigurationException unusable(ConnectionOption option, String why) {
        return Fault.of(ErrorCode.CONFIGURATION, "invalid value of connection parameter \"" + option.keyword() + "\"")
                .detail(why)
                .hint("It comes from section [postgres] of the configuration, a service file or the environment.")
                .configuration();
    }

    /** Where the server is. */
    private record Place(String host, int port, Optional<String> note) {}

    /** What becomes of what was said. */
    private final class Decision {
        private final Map<ConnectionOption, String> said;

        Decision(Map<ConnectionOption, String> said) {
            this.said = said;
        }

        private Optional<String> said(ConnectionOption option) {
            return Optional.ofNullable(said.get(option)).filter(text -> !text.isEmpty());
        }

        private Optional<Path> file(ConnectionOption option) throws ConfigurationException {
            try {
                return said(option).map(FileNames::path);
            } catch (IllegalArgumentException _) {
                throw unusable(option, "it is not a path");
            }
        }

        private int number(ConnectionOption option, String text, int lowest, int highest)
                throws ConfigurationException {
            try {
                int number = Integer.parseInt(text);
                if (number >= lowest && number <= highest) {
                    return number;
                }
            } catch (NumberFormatException _) {
                // said below
            }
            throw unusable(option, "it is a number from " + lowest + " to " + highest);
        }

        ServerAddress address() throws ConfigurationException {
            Place place = place();
            String user = said(ConnectionOption.USER).orElse(operatingSystemUser);
            String database = said(ConnectionOption.DATABASE).orElse(USUAL_DATABASE);
            Optional<Secret> password = password(place, user, database);
            ServerAddress.Tls tls = tls();
            boolean proven = tls.verifies() && !ServerAddress.isSocketDirectory(place.host());
            Optional<String> requireAuth = said(ConnectionOption.REQUIRE_AUTH)
                    .or(() -> password.isPresent() && !proven ? Optional.of(SAFE_WITHOUT_PROOF) : Optional.empty());
            int seconds = number(
                    ConnectionOption.CONNECT_TIMEOUT,
                    said(ConnectionOption.CONNECT_TIMEOUT).orElse(USUAL_CONNECT_TIMEOUT),
                    0,
                    3600);
            return new ServerAddress(
                    place.host(),
                    place.port(),
                    user,
                    database,
                    password,
                    tls,
                    requireAuth,
                    Duration.ofSeconds(seconds),
                    place.note());
        }

        private Place place() throws ConfigurationException {
            Optional<String> text = said(ConnectionOption.PORT);
            Optional<Integer> port = text.isEmpty()
                    ? Optional.empty()
                    : Optional.of(number(ConnectionOption.PORT, text.get(), 1, 65535));
            Optional<String> host = said(ConnectionOption.HOST);
            Optional<Listening> running =
                    dataDirectory.flatMap(PostmasterFile::read).flatMap(PostmasterFile::listening);
            if (host.isPresent()) {
                requireOneHost(host.get());
                boolean here = ServerAddress.isThisHost(host.get());
                int other = here && running.isPresent() ? running.get().port() : USUAL_PORT;
                return new Place(host.get(), port.orElse(other), Optional.empty());
            }
            return running.flatMap(server -> placeOf(server, port)).orElseGet(() -> usualPlace(port));
        }

        /** A list is for clients that may take any of several servers; a backup is of one. */
        private void requireOneHost(String host) throws ConfigurationException {
            if (host.contains(",")) {
                throw unusable(ConnectionOption.HOST, "it names several hosts; name the one that is backed up");
            }
            if (host.startsWith("@")) {
                throw unusable(ConnectionOption.HOST, "sockets in the abstract namespace are not supported");
            }
        }

        /**
         * Where the server of the data directory listens; empty if it is not the one at the port that was asked for.
         */
        private Optional<Place> placeOf(Listening server, Optional<Integer> port) {
            if (port.isPresent() && port.get() != server.port()) {
                return Optional.empty();
            }
            String host = server.socketDirectory().map(Path::toString).orElse(LOCALHOST);
            Path directory = dataDirectory.orElseThrow();
            return Optional.of(new Place(
                    host,
                    server.port(),
                    Optional.of("postmaster.pid of \"" + directory + "\" says that it "
                            + (PostmasterFile.isServed(directory) ? "listens" : "listened") + " there")));
        }

        private Place usualPlace(Optional<Integer> given) {
            int port = given.orElse(USUAL_PORT);
            for (Path directory : socketDirectories) {
                Path socket = ServerAddress.socket(directory, port);
                if (Files.exists(socket) && isTrusted(directory, socket)) {
                    return new Place(
                            directory.toString(), port, Optional.of("no host is set, and its socket is there"));
                }
            }
            String looked = String.join(
                    " and ",
                    socketDirectories.stream()
                            .map(directory -> "\"" + ServerAddress.socket(directory, port) + "\"")
                            .toList());
            return new Place(LOCALHOST, port, Optional.of("no host is set, and this user sees no socket at " + looked));
        }

        /** In a directory that is open to all, the socket of root, of this user, or of the data directory's owner. */
        private boolean isTrusted(Path directory, Path socket) {
            if (!directory.equals(OPEN_TO_ALL)) {
                return true;
            }
            try {
                var owner = Files.getOwner(socket, LinkOption.NOFOLLOW_LINKS);
                return owner.getName().equals("root")
                        || owner.getName().equals(operatingSystemUser)
                        || (dataDirectory.isPresent() && owner.equals(Files.getOwner(dataDirectory.get())));
            } catch (IOException _) {
                return false;
            }
        }

        private Optional<Secret> password(Place place, String user, String database) throws ConfigurationException {
            Optional<String> text = said(ConnectionOption.PASSWORD);
            if (text.isPresent()) {
                return text.map(Secret::new);
            }
            Path file = file(ConnectionOption.PASSFILE).orElse(home.resolve(".pgpass"));
            return new PasswordFile(file).find(names(place.host()), place.port(), database, user, warnings);
        }

        /** In a password file the usual sockets go by "localhost", and others by their directory. */
        private List<String> names(String host) {
            boolean usual = ServerAddress.isSocketDirectory(host) && socketDirectories.contains(FileNames.path(host));
            return usual ? List.of(host, LOCALHOST) : List.of(host);
        }

        private ServerAddress.Tls tls() throws ConfigurationException {
            Path own = home.resolve(".postgresql");
            boolean system = said(ConnectionOption.SSLROOTCERT).equals(Optional.of("system"));
            Optional<Path> root = system
                    ? Optional.of(certificatesOfTheSystem())
                    : file(ConnectionOption.SSLROOTCERT).or(() -> there(own.resolve("root.crt")));
            Optional<Path> certificate = file(ConnectionOption.SSLCERT).or(() -> there(own.resolve("postgresql.crt")));
            Optional<Path> key = file(ConnectionOption.SSLKEY).or(() -> there(own.resolve("postgresql.key")));
            return new ServerAddress.Tls(mode(system, root.isPresent()), root, certificate, key);
        }

        private static Path certificatesOfTheSystem() throws ConfigurationException {
            return CERTIFICATES_OF_SYSTEMS.stream()
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow(() -> unusable(
                            ConnectionOption.SSLROOTCERT,
                            "this system has its certificates in a place that is not known; name the file"));
        }

        private String mode(boolean system, boolean hasRoot) throws ConfigurationException {
            String mode = said(ConnectionOption.SSLMODE).orElse(system ? VERIFY_FULL : "prefer");
            if (!MODES.contains(mode)) {
                throw unusable(ConnectionOption.SSLMODE, "it is one of " + String.join(", ", MODES));
            }
            if (system && !mode.equals(VERIFY_FULL)) {
                throw unusable(
                        ConnectionOption.SSLMODE,
                        "with sslrootcert=system it must be " + VERIFY_FULL
                                + ": anybody can have a certificate of these authorities");
            }
            // as libpq has it: who names authorities wants them to be asked
            return mode.equals("require") && hasRoot ? "verify-ca" : mode;
        }

        private static Optional<Path> there(Path file) {
            return Files.exists(file) ? Optional.of(file) : Optional.empty();
        }
    }
}
