package dev.walvault.pg.link;

import dev.walvault.ArchiverException;
import dev.walvault.ConfigurationException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.OwnLine;
import dev.walvault.PostgresException;
import dev.walvault.Retry;
import dev.walvault.Secret;
import dev.walvault.ShellWord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.postgresql.Driver;

/** Connects with PostgreSQL's JDBC driver, and says what to do when that fails. */
final class JdbcConnection {
    /** Whatever is not in it is a property, so no value can say anything but what it is. */
    private static final String URL = "jdbc:postgresql://";

    /** The permissions that a private key file may have; one of root's may be read by a group as well. */
    private static final Set<PosixFilePermission> OF_A_KEY = PosixFilePermissions.fromString("rwx------");

    private static final Set<PosixFilePermission> OF_ROOTS_KEY = PosixFilePermissions.fromString("rwxr-----");

    private static final String INVALID_PASSWORD = "28P01";
    private static final String INVALID_AUTHORIZATION = "28000";

    private JdbcConnection() {}

    static Connection open(ServerAddress address) throws ArchiverException {
        Properties properties = properties(address);
        try {
            Connection connection = new Driver().connect(URL, properties);
            if (connection == null) {
                throw new IllegalStateException("the JDBC driver does not take its own URL");
            }
            return connection;
        } catch (SQLException e) {
            throw failed(address, e);
        }
    }

    private static Properties properties(ServerAddress address) throws ConfigurationException {
        var properties = new Properties();
        properties.setProperty("PGPORT", String.valueOf(address.port()));
        properties.setProperty("PGDBNAME", address.database());
        properties.setProperty("user", address.user());
        // without any, the driver would look for a password file itself, and not at its mode
        properties.setProperty(
                "password", address.password().map(Secret::reveal).orElse(""));
        address.requireAuth().ifPresent(methods -> properties.setProperty("requireAuth", methods));
        String seconds = String.valueOf(address.connectTimeout().toSeconds());
        properties.setProperty("connectTimeout", seconds);
        properties.setProperty("loginTimeout", seconds);
        properties.setProperty("ApplicationName", "walvault");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("gssEncMode", "disable");
        // a few statements in all: preparing them on the server would only cost round trips
        properties.setProperty("prepareThreshold", "0");
        Optional<Path> socket = address.socket();
        if (socket.isPresent()) {
            properties.setProperty("PGHOST", "localhost");
            properties.setProperty("socketFactory", UnixSocketFactory.class.getName());
            properties.setProperty("socketFactoryArg", socket.get().toString());
            properties.setProperty("sslmode", "disable");
        } else {
            properties.setProperty("PGHOST", address.host());
            addTls(address.tls(), properties);
        }
        return properties;
    }

    private static void addTls(ServerAddress.Tls tls, Properties properties) throws ConfigurationException {
        properties.setProperty("sslmode", tls.mode());
        if (tls.mode().equals("disable")) {
            return;
        }
        if (tls.verifies()) {
            Path file = tls.rootCertificates()
                    .orElseThrow(() -> Fault.of(
                                    ErrorCode.CONFIGURATION,
                                    "sslmode \"" + tls.mode() + "\" needs the certificate of an authority")
                            .hint("Set postgres.sslrootcert to a file in PEM, or to \"system\".")
                            .configuration());
            var _ = algorithm(file);
            properties.setProperty("sslrootcert", file.toString());
        }
        Optional<Path> certificate = tls.certificate();
        Optional<Path> key = tls.key();
        if (certificate.isPresent() && key.isPresent()) {
            properties.setProperty("pemKeyAlgorithm", algorithm(certificate.get()));
            requireKey(key.get());
            properties.setProperty("sslcert", certificate.get().toString());
            properties.setProperty("sslkey", key.get().toString());
        }
    }

    /** Of the public key in the first certificate. */
    private static String algorithm(Path certificate) throws ConfigurationException {
        try (InputStream in = Files.newInputStream(certificate)) {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificate(in)
                    .getPublicKey()
                    .getAlgorithm();
        } catch (IOException | CertificateException e) {
            throw Fault.of(ErrorCode.CONFIGURATION, "could not read a certificate from file \"" + certificate + "\"")
                    .detail(String.valueOf(e.getMessage()))
                    .hint("It has to be PEM.")
                    .cause(e)
                    .configuration();
        }
    }

    /** As libpq has it; and of a form that it cannot read, the driver would only say that the handshake failed. */
    private static void requireKey(Path key) throws ConfigurationException {
        String content;
        boolean open;
        try {
            content = Files.readString(key, StandardCharsets.ISO_8859_1);
            PosixFileAttributes attributes = Files.readAttributes(key, PosixFileAttributes.class);
            boolean ofRoot = attributes.owner().getName().equals("root");
            open = !(ofRoot ? OF_ROOTS_KEY : OF_A_KEY).containsAll(attributes.permissions());
        } catch (IOException e) {
            throw Fault.of(ErrorCode.CONFIGURATION, "could not read private key file \"" + key + "\"")
                    .detail(String.valueOf(e.getMessage()))
                    .cause(e)
                    .configuration();
        }
        if (open) {
            throw Fault.of(
                            ErrorCode.CONFIGURATION,
                            "private key file \"" + key + "\" is not used: its group or others have access to it")
                    .hint("A file of root's may be 640, any other one:" + OwnLine.of("chmod 600 " + ShellWord.of(key)))
                    .configuration();
        }
        if (content.contains("-----BEGIN") && !content.contains("-----BEGIN PRIVATE KEY-----")) {
            throw Fault.of(
                            ErrorCode.CONFIGURATION,
                            "private key file \"" + key + "\" is of a form that is not supported")
                    .hint("Write it as PKCS #8 without a passphrase: openssl pkcs8 -topk8 -nocrypt -in \"" + key
                            + "\" -out new.key")
                    .configuration();
        }
    }

    /** What a failure to connect, or to begin the session, is to the operator. */
    static PostgresException failed(ServerAddress address, SQLException e) {
        String state = String.valueOf(e.getSQLState());
        boolean answered = e.getSQLState() != null && !state.startsWith("08");
        String seen = String.valueOf(e.getMessage());
        String why = e.getCause() == null || answered ? "" : " (" + e.getCause().getMessage() + ")";
        return Fault.of(
                        answered ? ErrorCode.POSTGRES_REFUSED : ErrorCode.POSTGRES_UNREACHABLE,
                        "could not connect to the server at " + address.where() + " as user \"" + address.user() + "\"")
                .detail(seen + why + address.note().map(note -> "; " + note).orElse(""))
                .hint(hint(address, state, seen))
                .retry(Retry.UNKNOWN)
                .cause(e)
                .postgres();
    }

    private static String hint(ServerAddress address, String state, String seen) {
        if (seen.contains("requireAuth")) {
            return "The server asks for the password in a way that would show it to a server that only pretends. Store it"
                    + " as SCRAM in the server (password_encryption), or have the server prove who it is with"
                    + " postgres.sslmode = \"verify-full\", or allow it with postgres.require_auth.";
        }
        if (state.equals(INVALID_PASSWORD) || seen.contains("no password was provided") || seen.contains("empty")) {
            return "Put the password of user \"" + address.user()
                    + "\" into ~/.pgpass or the file that postgres.password_file names, or use the server's socket as its"
                    + " operating-system user.";
        }
        if (state.equals(INVALID_AUTHORIZATION)) {
            return "Run this as the operating-system user that pg_hba.conf has for user \"" + address.user()
                    + "\" (peer authentication), or set postgres.user.";
        }
        return "Check that the server runs and listens there, section [postgres] of the configuration, and pg_hba.conf.";
    }
}
