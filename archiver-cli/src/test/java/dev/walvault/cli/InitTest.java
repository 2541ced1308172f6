package dev.walvault.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        assertThat(site.vault().resolve("main/main/" + site.system() + "/identity.json"))
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
}
