package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A server that lets nobody in but its own user by the socket, and others with SCRAM, as Debian sets one up. */
class ConnectionTest {
    private static final String GUEST = "guest";
    private static final String PASSWORD = "a:b\\c";

    private static Workspace workspace;
    private static PostgresServer server;
    private static Walvault walvault;

    @BeforeAll
    static void start() throws Exception {
        workspace = Workspace.create("connection");
        server = PostgresServer.with(PostgresBinaries.any())
                .walSegmentMegabytes(1)
                .set("password_encryption", "scram-sha-256")
                .create(workspace, "data");
        var configuration = workspace.write(
                "walvault.toml",
                "vault = \"" + workspace.path("vault") + "\"\npgdata = \"" + server.dataDirectory()
                        + "\"\nstate_directory = \"" + workspace.path("state") + "\"\n");
        walvault = Walvault.with(configuration).in(workspace.root()).environment("HOME", home());
        walvault.run("init").orThrow();
        server.configure("archive_mode", "on");
        server.configure("archive_timeout", "60");
        server.configure("archive_command", walvault.archiveCommand());
        server.start();
        String user = ServerUser.current().name();
        if (!user.equals(PostgresServer.USER)) {
            server.sql("CREATE ROLE \"" + user + "\" LOGIN SUPERUSER");
        }
        server.sql("CREATE ROLE " + GUEST + " LOGIN PASSWORD '" + PASSWORD + "'");
        Files.writeString(
                server.dataDirectory().resolve("pg_hba.conf"),
                "local all all peer\nhost all " + GUEST + " all scram-sha-256\nhost all all all trust\n");
        server.reload();
        server.awaitArchived(server.switchWal(), PATIENCE);
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
        workspace.close();
    }

    private static String home() throws IOException {
        return workspace.directory("home").toString();
    }

    /** As the user whom the server lets in with a password. */
    private static Walvault guest() {
        return walvault.environment("PGCONNECT_TIMEOUT", "60")
                .environment("PGHOST", server.host())
                .environment("PGPORT", Integer.toString(server.port()))
                .environment("PGUSER", GUEST);
    }

    private static void passwordFile(String line) throws IOException {
        workspace.write("home/.pgpass", line + "\n");
    }

    @Test
    void theServersUserIsKnownByTheSocketAndDoctorIsContent() throws Exception {
        var doctor = walvault.run("doctor").orThrow();

        assertThat(doctor.out())
                .containsPattern("(?m)^OK +server +connected to socket")
                .containsPattern("(?m)^OK +archive_command ")
                .containsPattern("(?m)^OK +archived WAL ");
        walvault.run("restore-point", "create", "by_the_socket").orThrow();
    }

    @Test
    void theGrantsThatTheDocumentsNameAreEnoughAndEachIsNeeded() throws Exception {
        passwordFile("*:*:*:" + GUEST + ":" + PASSWORD.replace("\\", "\\\\").replace(":", "\\:"));
        String first = guest().run("doctor", "--output", "json").out();
        assertThat(first).contains("GRANT pg_monitor TO guest");

        boolean oldNames = PostgresBinaries.any().major() < 15;
        for (String right : List.of(
                "pg_monitor",
                "EXECUTE ON FUNCTION pg_create_restore_point(text)",
                "EXECUTE ON FUNCTION pg_switch_wal()",
                "EXECUTE ON FUNCTION "
                        + (oldNames ? "pg_start_backup(text, boolean, boolean)" : "pg_backup_start(text, boolean)"),
                "EXECUTE ON FUNCTION " + (oldNames ? "pg_stop_backup(boolean, boolean)" : "pg_backup_stop(boolean)"))) {
            Ran refused = guest().run("doctor");
            assertThat(refused.status()).as(right).isEqualTo(51);
            assertThat(refused.out().replaceAll("\\s+", " ")).contains("GRANT " + right + " TO guest");
            server.sql("GRANT " + right + " TO " + GUEST);
        }

        guest().run("doctor").orThrow();
        // which would end a session that only waits for the copy, and a statement that waits for a checkpoint
        server.sql(
                "ALTER ROLE guest SET idle_session_timeout = '1s'",
                "ALTER ROLE guest SET lock_timeout = '1s'",
                "ALTER ROLE guest SET idle_in_transaction_session_timeout = '1s'");
        guest().environment("WALVAULT_LIMITS_DISK_READ", "4MB")
                .run("backup", "--jobs", "1")
                .orThrow();
        guest().run("restore-point", "create", "by_a_guest").orThrow();
    }

    @Test
    void whatOthersPutIntoTheirSchemaIsNotCalled() throws Exception {
        String user = ServerUser.current().name();
        server.sql(
                "CREATE SCHEMA trap",
                "CREATE FUNCTION trap.pg_create_restore_point(varchar) RETURNS pg_lsn LANGUAGE sql AS $$ SELECT '0/1'::pg_lsn $$",
                "ALTER ROLE \"" + user + "\" SET search_path = trap, pg_catalog");
        try {
            assertThat(walvault.run("restore-point", "create", "past_the_trap")
                            .orThrow()
                            .out())
                    .doesNotContain("0/1 ");
        } finally {
            server.sql("ALTER ROLE \"" + user + "\" RESET search_path");
        }
    }

    @Test
    void aServerThatOnlyPretendsDoesNotLearnThePassword() throws Exception {
        try (var impostor = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<String> heard = CompletableFuture.supplyAsync(() -> askForPassword(impostor));

            Ran ran = walvault.environment("PGHOST", "127.0.0.1")
                    .environment("PGPORT", Integer.toString(impostor.getLocalPort()))
                    .environment("PGUSER", GUEST)
                    .environment("PGPASSWORD", PASSWORD)
                    .run("restore-point", "create", "never");

            assertThat(ran.status()).as(ran.toString()).isBetween(50, 51);
            assertThat(ran.err()).contains("require_auth").doesNotContain(PASSWORD);
            assertThat(heard.get()).contains(GUEST).doesNotContain(PASSWORD);
        }
    }

    /** Says "no" to TLS and asks for the password in clear; returns what came. */
    private static String askForPassword(ServerSocket impostor) {
        var heard = new ByteArrayOutputStream();
        try (Socket client = impostor.accept()) {
            var in = client.getInputStream();
            var out = client.getOutputStream();
            byte[] buffer = new byte[4096];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                heard.write(buffer, 0, n);
                boolean startup = new String(buffer, 0, n, ISO_8859_1).contains(GUEST);
                out.write(
                        startup
                                ? ByteBuffer.allocate(9)
                                        .put((byte) 'R')
                                        .putInt(8)
                                        .putInt(3)
                                        .array()
                                : new byte[] {'N'});
                out.flush();
            }
        } catch (IOException _) {
            // gone
        }
        return heard.toString(ISO_8859_1);
    }
}
