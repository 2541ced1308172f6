package dev.walvault.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.seal.Identities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InitTest {
    @TempDir
    Path directory;

    private Site site;

    @BeforeEach
    void configure() throws IOException {
        site = Site.in(directory);
    }

    @Test
    void itMakesVaultClusterAndSystem() throws IOException {
        Ran ran = site.run("init");

        assertThat(ran.status()).isZero();
        assertThat(ran.out())
                .isEqualTo("system " + site.system()
                        + " is now member \"main\" of cluster \"main\" in the vault at \"file://" + site.vault()
                        + "\" (not encrypted)\n");
        assertThat(site.vault().resolve("main/members/main/" + site.system() + "/identity.json"))
                .isRegularFile();
    }

    @Test
    void doneAgainItChangesNothing() {
        site.run("init");

        Ran ran = site.run("init");

        assertThat(ran.status()).isZero();
        assertThat(ran.out()).startsWith("already there: ");
    }

    @Test
    void aVaultAmongTheServersFilesIsRefused() throws IOException {
        Path tablespace = Files.createDirectories(site.root().resolve("ts"));
        Files.createDirectories(site.pgdata().resolve("pg_tblspc"));
        Files.createSymbolicLink(site.pgdata().resolve("pg_tblspc/16400"), tablespace);
        Files.createSymbolicLink(site.root().resolve("elsewhere"), site.pgdata());
        for (Path place : List.of(
                site.pgdata().resolve("vault"),
                site.root().resolve("elsewhere/vault"),
                tablespace.resolve("backups/vault"))) {
            site.write("vault = \"" + place + "\"\npgdata = \"pgdata\"\n");

            Ran ran = site.run("init");

            assertThat(ran.status()).isEqualTo(3);
            assertThat(ran.err()).contains(place.toString(), "inside of the server's directory", "another disk");
            assertThat(place).doesNotExist();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "init",
                "backup",
                "archive-push pg_wal/000000010000000000000001",
                "restore-point create x",
                "copy 1 2",
                "salvage pgdata",
                "restore -D copy"
            })
    void rootWouldLockTheServersUserOut(String command) throws IOException {
        Ran ran = site.asRoot().run(command.split(" "));

        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err())
                .contains("must not be run as root", "sudo -u ", site.config().toString());
        assertThat(site.vault()).doesNotExist();
        assertThat(site.root().resolve("state")).doesNotExist();
    }

    @Test
    void anotherSystemIsAddedOnlyOnPurpose() throws IOException {
        site.run("init");
        var old = site.system();
        site.controlFile("16");

        Ran ran = site.run("init");

        assertThat(ran.status()).isEqualTo(52);
        assertThat(ran.err())
                .contains("system " + old + " (PostgreSQL 15, no backup)", "system " + site.system())
                .contains("--new-system");
        assertThat(site.vault().resolve("main/members/main/" + site.system())).doesNotExist();
        assertThat(site.run("init", "--new-system").status()).isZero();
    }

    @Test
    void aVaultOfAnotherKindIsRefused() throws IOException {
        site.run("init");
        String recipient = recipient();
        site.configure("[encryption]\nrecipients = [\"" + recipient + "\"]\n");

        assertThat(site.run("init").status()).isEqualTo(34);
    }

    @Test
    void withoutADataDirectoryNothingIsMade() throws IOException {
        Files.delete(site.pgdata().resolve("global/pg_control"));

        Ran ran = site.run("init");

        assertThat(ran.status()).isNotZero();
        assertThat(site.vault()).doesNotExist();
    }

    private String recipient() {
        String out = site.run("keygen", "-o", directory.resolve("new.age").toString())
                .out();
        return out.substring("recipient: ".length()).strip();
    }

    @Test
    void aKeyIsWrittenForItsOwnerOnlyAndNeverOverwritten() throws IOException {
        Path file = directory.resolve("identity.age");

        Ran made = site.run("keygen", "-o", file.toString());
        Ran again = site.run("keygen", "-o", file.toString());

        assertThat(made.out()).startsWith("recipient: age1");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(file).content().contains("AGE-SECRET-KEY-1");
        assertThat(made.out() + made.err()).doesNotContain("SECRET");
        assertThat(again.status()).isEqualTo(35);
        assertThat(again.err()).contains("never overwritten");
    }

    @Test
    void aKeyThatIsPrintedIsWhole() throws Exception {
        Ran ran = site.run("keygen");
        Path file = directory.resolve("printed.age");
        Files.writeString(file, ran.out());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        assertThat(ran.err())
                .isEqualTo("LOG:  recipient: "
                        + Identities.read(List.of(file)).recipients().getFirst() + "\n");
    }

    @Test
    void anEncryptedVaultTakesSegmentsFromAHostThatCannotReadThem() throws IOException {
        String recipient = recipient();
        site.configure("[encryption]\nrecipients = [\"" + recipient + "\"]\n");
        assertThat(site.run("init").out()).contains("(encrypted)");
        site.segment(Site.SEGMENT, 1);

        assertThat(site.run("archive-push", Site.SEGMENT)).isEqualTo(new Ran(0, "", ""));
        assertThat(site.run("archive-push", Site.SEGMENT)).isEqualTo(new Ran(0, "", ""));
        assertThat(site.run("archive-get", Site.SEGMENT, "here").status()).isEqualTo(255);

        site.configure("[encryption]\nrecipients = [\"" + recipient + "\"]\nidentity_files = [\"new.age\"]\n");
        assertThat(site.run("archive-get", Site.SEGMENT, "here")).isEqualTo(new Ran(0, "", ""));
    }

    @Test
    void whatInitHasMadeCanBeMadeAgain() throws IOException {
        Site made = Site.initialised(directory);
        made.segment(Site.SEGMENT, 1);
        assertThat(made.run("archive-push", "pg_wal/" + Site.SEGMENT).status()).isZero();
        Path identity = made.vault().resolve("main/members/main/" + made.system() + "/identity.json");

        for (Path document : List.of(made.vault().resolve("vault.json"), identity)) {
            Files.writeString(document, "{");
            Ran damaged = made.run("info");
            assertThat(damaged.status()).isEqualTo(21);
            assertThat(damaged.err()).contains("remove it, and make it again with \"walvault init\"");

            Files.delete(document);
            assertThat(made.run("init").status()).isZero();
            assertThat(made.run("info").out()).contains(Site.SEGMENT);
        }
        Files.delete(identity);
        Ran missing = made.run("info");
        assertThat(missing.status()).isEqualTo(33);
        assertThat(missing.err())
                .contains("/identity.json\" is missing", "Make it again with \"walvault init\"")
                .doesNotContain("--new-system");
    }
}
