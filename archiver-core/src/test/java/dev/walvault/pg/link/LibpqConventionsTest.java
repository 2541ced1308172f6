package dev.walvault.pg.link;

import static dev.walvault.pg.link.ConnectionOption.CONNECT_TIMEOUT;
import static dev.walvault.pg.link.ConnectionOption.DATABASE;
import static dev.walvault.pg.link.ConnectionOption.HOST;
import static dev.walvault.pg.link.ConnectionOption.PASSFILE;
import static dev.walvault.pg.link.ConnectionOption.PASSWORD;
import static dev.walvault.pg.link.ConnectionOption.PORT;
import static dev.walvault.pg.link.ConnectionOption.REQUIRE_AUTH;
import static dev.walvault.pg.link.ConnectionOption.SSLMODE;
import static dev.walvault.pg.link.ConnectionOption.SSLROOTCERT;
import static dev.walvault.pg.link.ConnectionOption.USER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.Secret;
import dev.walvault.pg.link.LibpqConventions.Service;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LibpqConventionsTest {
    private static final Optional<Service> NO_SERVICE = Optional.empty();

    @TempDir
    Path directory;

    private final List<String> warnings = new ArrayList<>();
    private Path sockets;
    private Path data;

    @BeforeEach
    void makeDirectories() throws IOException {
        sockets = Files.createDirectory(directory.resolve("s"));
        data = Files.createDirectory(directory.resolve("data"));
    }

    private LibpqConventions conventions() {
        return new LibpqConventions(directory, "bob", Optional.of(data), List.of(sockets), warnings::add);
    }

    private ServerAddress address(Map<ConnectionOption, String> given) throws ArchiverException {
        return conventions().address(given, NO_SERVICE, Map.of());
    }

    private Path secretFile(String name, String content) throws IOException {
        Path file = Files.writeString(directory.resolve(name), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private void postmaster(int port, String socketDirectory) throws IOException {
        Files.writeString(
                data.resolve("postmaster.pid"),
                "4711\n" + data + "\n1764300000\n" + port + "\n" + socketDirectory + "\nlocalhost\n 1 2\nready   \n");
    }

    @Test
    void aServerThatIsGoneListenedWhereItsFileSays() throws Exception {
        postmaster(5499, "");

        assertThat(address(Map.of()).note())
                .hasValueSatisfying(note -> assertThat(note).endsWith(" says that it listened there"));
    }

    @Test
    void nothingSaidIsTheSocketWhereThereIsOne() throws Exception {
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(sockets.resolve(".s.PGSQL.5432")));

            assertThat(address(Map.of()))
                    .returns(sockets.toString(), ServerAddress::host)
                    .returns(Optional.of(sockets.resolve(".s.PGSQL.5432")), ServerAddress::socket)
                    .returns("bob", ServerAddress::user)
                    .returns("postgres", ServerAddress::database)
                    .returns(Duration.ofSeconds(10), ServerAddress::connectTimeout);
            assertThat(address(Map.of(PORT, "5433")).host()).isEqualTo("localhost");
        }
    }

    @Test
    void nothingSaidAndNoSocketIsLocalhostAndSaysWhereItLooked() throws Exception {
        ServerAddress address = address(Map.of());

        assertThat(address.where()).isEqualTo("localhost:5432");
        assertThat(address.note())
                .hasValueSatisfying(note -> assertThat(note)
                        .contains(sockets.resolve(".s.PGSQL.5432").toString()));
    }

    @Test
    void theServerOfTheDataDirectorySaysWhereItListens() throws Exception {
        postmaster(5477, "/srv/sockets");

        assertThat(address(Map.of()).where()).isEqualTo("socket \"/srv/sockets/.s.PGSQL.5477\"");
        assertThat(address(Map.of(PORT, "5432")).where()).isEqualTo("localhost:5432");
        assertThat(address(Map.of(HOST, "localhost")).where()).isEqualTo("localhost:5477");
        assertThat(address(Map.of(HOST, "127.0.0.1")).where()).isEqualTo("127.0.0.1:5477");
        assertThat(address(Map.of(HOST, "db2")).where()).isEqualTo("db2:5432");

        postmaster(5477, "");
        assertThat(address(Map.of()).where()).isEqualTo("localhost:5477");
    }

    @Test
    void whatIsGivenComesBeforeTheServiceAndThatBeforeTheEnvironment() throws Exception {
        Path file = Files.writeString(
                directory.resolve("services"),
                "# ours\n[other]\nhost=wrong\n\n[orders]\nhost=db1\nport = 5555\nport=5556\nuser=service\n[more]\nuser=x\n");
        var environment = Map.of(HOST, "db0", USER, "environment", DATABASE, "fromenv");

        ServerAddress address = conventions()
                .address(Map.of(USER, "given"), Optional.of(new Service("orders", Optional.of(file))), environment);

        assertThat(address.where()).isEqualTo("db1:5555");
        assertThat(address.user()).isEqualTo("given");
        assertThat(address.database()).isEqualTo("fromenv");
    }

    @Test
    void aServiceThatIsNotThereOrSaysMoreThanWeKnowIsRefused() throws Exception {
        Path file = Files.writeString(
                directory.resolve(".pg_service.conf"), "[a]\nhostaddr=10.0.0.1\n[b]\nhost\n[c]\napplication_name=x\n");

        for (String service : List.of("a", "b", "nowhere")) {
            Faults.of(() -> conventions()
                            .address(Map.of(), Optional.of(new Service(service, Optional.empty())), Map.of()))
                    .is(ErrorCode.CONFIGURATION)
                    .says(file.toString());
        }
        assertThat(conventions()
                        .address(Map.of(), Optional.of(new Service("c", Optional.empty())), Map.of())
                        .host())
                .isEqualTo("localhost");
    }

    @Test
    void aPasswordIsUsedForScramOnlyUnlessTheServerProvesWhoItIs() throws Exception {
        Path root = Files.createFile(directory.resolve("ca.crt"));

        assertThat(address(Map.of(HOST, "db")).requireAuth()).isEmpty();
        assertThat(address(Map.of(HOST, "db", PASSWORD, "x")).requireAuth()).contains("scram-sha-256,none");
        assertThat(address(Map.of(HOST, "db", PASSWORD, "x", SSLMODE, "require"))
                        .requireAuth())
                .contains("scram-sha-256,none");
        assertThat(address(Map.of(HOST, "db", PASSWORD, "x", SSLMODE, "verify-full", SSLROOTCERT, root.toString()))
                        .requireAuth())
                .isEmpty();
        assertThat(address(Map.of(HOST, "/s", PASSWORD, "x", SSLMODE, "verify-full", SSLROOTCERT, root.toString()))
                        .requireAuth())
                .contains("scram-sha-256,none");
        assertThat(address(Map.of(HOST, "db", PASSWORD, "x", REQUIRE_AUTH, "md5"))
                        .requireAuth())
                .contains("md5");
    }

    @Test
    void theUsersOwnPasswordFileIsFoundAndKnowsTheUsualSocketAsLocalhost() throws Exception {
        secretFile(".pgpass", "localhost:5432:postgres:bob:one\ndb:*:*:*:two\n/elsewhere:*:*:*:three\n");
        Path other = secretFile("other", "*:*:*:*:four\n");

        assertThat(address(Map.of(HOST, sockets.toString())).password()).contains(new Secret("one"));
        assertThat(address(Map.of(HOST, "db")).password()).contains(new Secret("two"));
        assertThat(address(Map.of(HOST, "/elsewhere")).password()).contains(new Secret("three"));
        assertThat(address(Map.of(HOST, "db", PASSFILE, other.toString())).password())
                .contains(new Secret("four"));
        assertThat(address(Map.of(HOST, "db", PASSWORD, "given")).password()).contains(new Secret("given"));
        assertThat(warnings).isEmpty();
    }

    @Test
    void whoNamesAuthoritiesHasThemAsked() throws Exception {
        Path root = Files.createFile(directory.resolve("ca.crt"));

        assertThat(address(Map.of(SSLMODE, "require")).tls().mode()).isEqualTo("require");
        assertThat(address(Map.of(SSLMODE, "require", SSLROOTCERT, root.toString()))
                        .tls()
                        .mode())
                .isEqualTo("verify-ca");
        assertThat(address(Map.of()).tls().mode()).isEqualTo("prefer");

        Files.createDirectory(directory.resolve(".postgresql"));
        Path own = Files.createFile(directory.resolve(".postgresql/root.crt"));
        assertThat(address(Map.of(SSLMODE, "verify-full")).tls().rootCertificates())
                .contains(own);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PORT|0|it is a number from 1 to 65535",
                "PORT|x|it is a number from 1 to 65535",
                "CONNECT_TIMEOUT|-1|it is a number from 0 to 3600",
                "SSLMODE|verify|it is one of disable, allow, prefer, require, verify-ca, verify-full",
                "HOST|a,b|it names several hosts",
                "HOST|@abstract|sockets in the abstract namespace are not supported",
                "DATABASE|a\\0user\\0b|there is a control character in it",
            })
    void whatCannotBeUsedIsRefused(ConnectionOption option, String value, String why) {
        Faults.of(() -> address(Map.of(option, value.replace("\\0", "\0"))))
                .is(ErrorCode.CONFIGURATION)
                .says("\"" + option.keyword() + "\"", why);
    }

    @Test
    void zeroSecondsAreNoLimit() throws Exception {
        assertThat(address(Map.of(CONNECT_TIMEOUT, "0")).connectTimeout()).isZero();
    }
}
