package dev.walvault.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A server that talks TLS only, and knows its guest by a certificate. */
class TlsTest {
    private static final String GUEST = "guest";

    private static Workspace workspace;
    private static PostgresServer server;
    private static CertifiedKey serversKey;
    private static CertifiedKey guestsKey;
    private static Walvault walvault;

    @BeforeAll
    static void start() throws Exception {
        workspace = Workspace.create("tls");
        serversKey = CertifiedKey.of("server", workspace);
        guestsKey = CertifiedKey.of(GUEST, workspace);
        server = PostgresServer.with(PostgresBinaries.of(15))
                .walSegmentMegabytes(1)
                .set("ssl", "on")
                .set("ssl_cert_file", serversKey.certificate().toString())
                .set("ssl_key_file", serversKey.key().toString())
                .set("ssl_ca_file", guestsKey.certificate().toString())
                .create(workspace, "data");
        var configuration = workspace.write(
                "walvault.toml",
                "vault = \"" + workspace.path("vault") + "\"\npgdata = \"" + server.dataDirectory()
                        + "\"\nstate_directory = \"" + workspace.path("state") + "\"\n");
        walvault = Walvault.with(configuration)
                .in(workspace.root())
                .environment("HOME", workspace.directory("home").toString())
                .environment("PGHOST", server.host())
                .environment("PGPORT", Integer.toString(server.port()))
                .environment("PGUSER", GUEST)
                .environment("PGDATABASE", "postgres");
        walvault.run("init").orThrow();
        server.start();
        server.sql(
                "CREATE ROLE " + GUEST + " LOGIN",
                "GRANT pg_monitor TO " + GUEST,
                "GRANT EXECUTE ON FUNCTION pg_create_restore_point(text) TO " + GUEST,
                "GRANT EXECUTE ON FUNCTION pg_switch_wal() TO " + GUEST);
        Files.writeString(
                server.dataDirectory().resolve("pg_hba.conf"),
                "local all all trust\nhostssl all " + GUEST + " all cert\nhost all " + GUEST
                        + " all reject\nhost all all all trust\n");
        server.reload();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
        workspace.close();
    }

    private static Walvault verifying(String mode, CertifiedKey root) {
        return walvault.environment("PGSSLMODE", mode)
                .environment("PGSSLROOTCERT", root.certificate().toString())
                .environment("PGSSLCERT", guestsKey.certificate().toString())
                .environment("PGSSLKEY", guestsKey.key().toString());
    }

    private static Ran create(Walvault as, String point) throws Exception {
        return as.run("restore-point", "create", "--no-wait", point);
    }

    @Test
    void eachIsKnownToTheOtherByItsCertificate() throws Exception {
        create(verifying("verify-full", serversKey), "by_certificate").orThrow();
    }

    @Test
    void aServerWithAnotherCertificateIsNotBelieved() throws Exception {
        Ran ran = create(verifying("verify-full", guestsKey), "never");

        assertThat(ran.status()).as(ran.toString()).isBetween(50, 51);
        assertThat(ran.err()).contains("certificat").doesNotContain("\tat ");
    }

    @Test
    void theNameInTheCertificateIsTheServersUnlessItDoesNotMatter() throws Exception {
        // the certificate names the address only
        Ran full = create(verifying("verify-full", serversKey).environment("PGHOST", "localhost"), "never");

        assertThat(full.status()).as(full.toString()).isBetween(50, 51);
        assertThat(full.err()).contains("localhost");
        create(verifying("verify-ca", serversKey).environment("PGHOST", "localhost"), "any_name")
                .orThrow();
    }

    @Test
    void withoutTlsTheServerRefuses() throws Exception {
        Ran ran = create(walvault.environment("PGSSLMODE", "disable"), "never");

        assertThat(ran.status()).as(ran.toString()).isEqualTo(51);
    }

    @Test
    void aKeyThatOthersMayReadIsRefused() throws Exception {
        var open = workspace.write("open.key", Files.readString(guestsKey.key()));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));

        Ran ran = create(verifying("verify-full", serversKey).environment("PGSSLKEY", open.toString()), "never");

        assertThat(ran.status()).as(ran.toString()).isNotZero();
        assertThat(ran.err()).contains(open + "\" is not used: its group or others have access to it");
    }
}
