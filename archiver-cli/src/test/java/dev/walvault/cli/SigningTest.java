package dev.walvault.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.sign.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A host that signs, and one that believes it: keys, settings, and what commands answer. */
class SigningTest {
    private static final String SEGMENT = Site.SEGMENT;
    private static final String TAIL = "000000010000000000000002";
    private static final String SIGNING = "[signing]\nkey_file = \"signing.key\"\n";

    @TempDir
    Path directory;

    private Site site;
    private String writer = "";

    @BeforeEach
    void aKey() throws IOException {
        site = Site.in(directory);
        String out = site.run("keygen", "--signing", "-o", key().toString()).out();
        writer = out.substring("writer: ".length()).strip();
    }

    private Path key() {
        return directory.resolve("signing.key");
    }

    private void pushed(String configuration) throws IOException {
        site.configure(configuration);
        assertThat(site.run("init").status()).isZero();
        site.segment(SEGMENT, 1);
        assertThat(site.run("archive-push", "pg_wal/" + SEGMENT)).isEqualTo(new Ran(0, "", ""));
    }

    private Ran get(String configuration) throws IOException {
        site.configure(configuration);
        return site.run("archive-get", SEGMENT, "here");
    }

    private static String trust(String... lines) {
        return "[trust]\n" + String.join("\n", lines) + "\n";
    }

    private String writers() {
        return "writers = [\"" + writer + " name=db1\"]";
    }

    @Test
    void aSigningKeyIsWrittenForItsOwnerOnlyAndNeverOverwritten() throws Exception {
        Ran again = site.run("keygen", "--signing", "-o", key().toString());

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key())))
                .isEqualTo("rw-------");
        assertThat(SigningKey.read(key()).writer().text()).isEqualTo(writer);
        assertThat(again.status()).isEqualTo(35);
        assertThat(again.err()).contains("never overwritten");
        assertThat(SigningKey.read(key()).writer().text()).isEqualTo(writer);
    }

    @Test
    void aSigningKeyThatIsPrintedIsWhole() throws Exception {
        Ran ran = site.run("keygen", "--signing");
        Path file = Files.writeString(directory.resolve("printed.key"), ran.out());

        assertThat(ran.err()).isEqualTo("LOG:  writer: " + SigningKey.read(file).writer() + "\n");
        assertThat(site.run("keygen", "--signing", "--output", "json").out())
                .contains("\"writer\":\"ed25519:", "\"signingKey\":\"-----BEGIN PRIVATE KEY-----");
    }

    @Test
    void whoTrustsTheWriterIsServed() throws IOException {
        pushed(SIGNING);

        assertThat(get(trust(writers()))).isEqualTo(new Ran(0, "", ""));
        assertThat(get("")).isEqualTo(new Ran(0, "", ""));
        assertThat(site.run("info").status()).isZero();
    }

    @Test
    void whoTrustsAnotherIsInDoubtAndIsToldWhom() throws IOException {
        pushed(SIGNING);
        String other = SigningKey.generate().writer().text();

        Ran ran = get(trust("writers = [\"" + other + "\"]"));

        assertThat(ran.status()).isEqualTo(255);
        assertThat(ran.err()).contains("is signed by an unknown key", writer);
    }

    @Test
    void whatIsNotSignedIsDoubtUntilItIsOldEnough() throws IOException {
        pushed("");

        Ran ran = get(trust(writers()));
        assertThat(ran.status()).isEqualTo(255);
        assertThat(ran.err()).contains("is not signed", "trust.unsigned_before");
        assertThat(get(trust(writers(), "unsigned_before = \"2026-01-01T00:00:00Z\""))
                        .status())
                .isEqualTo(255);
        assertThat(get(trust(writers(), "unsigned_before = \"9999-01-01T00:00:00Z\"")))
                .isEqualTo(new Ran(0, "", ""));
    }

    @Test
    void nothingIsStoredWithoutTheKeyThatIsConfigured() throws IOException {
        pushed(SIGNING);
        Files.delete(key());
        site.segment("000000010000000000000002", 1);

        Ran ran = site.run("archive-push", "pg_wal/000000010000000000000002");

        assertThat(ran.status()).isEqualTo(40);
        assertThat(ran.err()).contains("signing.key", "signing.key_file");
        assertThat(site.run("info").status()).isZero();
    }

    @Test
    void whatIsOlderThanTheKeyIsSignedAnew() throws IOException {
        pushed("");
        Path history = Files.writeString(
                site.pgdata().resolve("pg_wal/00000002.history"), "1\t0/2000000\tno recovery target specified\n");
        assertThat(site.run("archive-push", "pg_wal/00000002.history").status()).isZero();
        site.configure(SIGNING + trust(writers()));
        assertThat(site.run("archive-push", "pg_wal/00000002.history").err())
                .contains("identity.json", "is not signed");

        Files.delete(site.vault().resolve("main/members/main/" + site.system() + "/identity.json"));
        assertThat(site.run("init").status()).isZero();
        assertThat(site.run("archive-get", "00000002.history", "here").status()).isEqualTo(255);
        assertThat(site.run("archive-push", "pg_wal/00000002.history").status()).isZero();

        assertThat(site.run("archive-get", "00000002.history", "here").status()).isZero();
        assertThat(site.pgdata().resolve("here")).hasSameTextualContentAs(history);
    }

    /** A server that died; what it was writing has none behind it. */
    private Ran salvaged() throws IOException {
        Files.createDirectories(site.pgdata().resolve("pg_wal/archive_status"));
        site.segment(SEGMENT, 1);
        site.segment(TAIL, 2);
        return site.run("salvage", site.pgdata().toString());
    }

    @Test
    void whatIsSalvagedIsSigned() throws IOException {
        site.configure(SIGNING);
        assertThat(site.run("init").status()).isZero();

        assertThat(salvaged().out()).contains("stored 2 files", TAIL + ".partial");

        site.configure(trust(writers()));
        for (String name : List.of(SEGMENT, TAIL + ".partial")) {
            assertThat(site.run("archive-get", name, "here")).as(name).isEqualTo(new Ran(0, "", ""));
        }
    }

    @Test
    void nothingIsSalvagedWithoutTheKeyThatIsConfigured() throws IOException {
        site.configure(SIGNING);
        assertThat(site.run("init").status()).isZero();
        Files.delete(key());

        Ran ran = salvaged();

        assertThat(ran.status()).isEqualTo(40);
        assertThat(ran.err()).contains("signing.key", "signing.key_file");
    }

    @Test
    void aPushThatIsRefusedNamesTheKeyOfWhatIsThere() throws IOException {
        pushed(SIGNING);
        site.segment(SEGMENT, 2);

        Ran ours = site.run("archive-push", "pg_wal/" + SEGMENT);
        site.run("keygen", "--signing", "-o", directory.resolve("other.key").toString());
        site.configure(SIGNING.replace("signing.key", "other.key"));
        Ran another = site.run("archive-push", "pg_wal/" + SEGMENT);

        assertThat(ours.status()).isEqualTo(20);
        assertThat(ours.err()).contains("with other content", "signed by this host's key " + writer);
        assertThat(another.status()).isEqualTo(20);
        assertThat(another.err()).contains("signed by " + writer, "Two servers may be writing one timeline");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "writers = [\"age1abc\"] | begins with",
                "writers = [\"ed25519:AAAA\"] | 32 bytes",
                "writers = [\"KEY form=2026-01-01T00:00:00Z\"] | from=",
                "writers = [\"KEY from=today\"] | no instant in UTC",
                "unsigned_before = \"soon\" | no instant in UTC",
            })
    void whatIsNoTrustIsRefused(String line, String why) throws IOException {
        Ran ran = get(trust(line.replace("KEY", writer)));

        assertThat(ran.status()).isEqualTo(255);
        assertThat(ran.err()).contains("invalid value", why);
    }

    @Test
    void anInstantWithoutWritersIsWarnedOf() throws IOException {
        pushed("");
        site.configure(trust("unsigned_before = \"2026-01-01T00:00:00Z\""));

        assertThat(site.run("info").err()).contains("trust.unsigned_before does nothing without trust.writers");
    }

    @Test
    void aKeyThatOthersCanReadIsWarnedOf() throws IOException {
        pushed(SIGNING);
        Files.setPosixFilePermissions(key(), PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(site.run("info").err()).contains("signing key \"" + key() + "\" holds a secret");
    }
}
