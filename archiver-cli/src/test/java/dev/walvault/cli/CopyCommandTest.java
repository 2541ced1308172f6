package dev.walvault.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyCommandTest {
    @TempDir
    Path directory;

    private Site site;
    private Path other;

    @BeforeEach
    void twoVaults() throws IOException {
        site = Site.initialised(directory);
        other = directory.resolve("other");
        site.write("vault = \"" + other + "\"\npgdata = \"pgdata\"\n");
        assertThat(site.run("init").status()).isZero();
        site.configure("");
        site.segment(Site.SEGMENT, 1);
        assertThat(site.run("archive-push", Site.SEGMENT).status()).isZero();
    }

    private String wal(Path vault) throws IOException {
        return vault.resolve("main/members/main/" + site.system() + "/wal/00000001/00000000/" + Site.SEGMENT)
                .toString();
    }

    @Test
    void allOfAVaultIsCopiedByNumberAndByUrl() throws IOException {
        Ran ran = site.run("copy", "1", "file://" + other, "--all");

        assertThat(ran.err()).doesNotContain("WARNING");
        assertThat(ran.status()).isZero();
        assertThat(ran.out())
                .startsWith("copied 1 object (")
                .contains("2 were there already", "complete in \"file://" + other + "\": 0 backups");
        assertThat(Path.of(wal(other))).hasSameBinaryContentAs(Path.of(wal(site.vault())));
    }

    @Test
    void aDryRunSaysWhatItWouldDoInJson() throws IOException {
        Ran ran = site.run("copy", "1", other.toString(), "--all", "--dry-run", "--output", "json");

        assertThat(ran.out())
                .startsWith("{\"walvault\":1,\"command\":\"copy\",\"from\":\"file://" + site.vault()
                        + "\",\"to\":\"file://" + other + "\",\"dryRun\":true,\"objectsCopied\":1,\"bytesCopied\":")
                .endsWith(
                        ",\"objectsThere\":2,\"backups\":[],\"incompleteBackups\":[],\"leftOut\":[],\"problems\":[]}\n");
        assertThat(Path.of(wal(other))).doesNotExist();
    }

    @Test
    void aDryRunSaysWhatWouldBe() throws IOException {
        Ran ran = site.run("copy", "1", other.toString(), "--all", "--dry-run");

        assertThat(ran.out())
                .startsWith("would copy 1 object (")
                .contains("; would be complete in \"file://" + other + "\": 0 backups");
    }

    @Test
    void aConflictIsStatusTwenty() throws IOException {
        site.write("vault = \"" + other + "\"\npgdata = \"pgdata\"\n");
        site.segment(Site.SEGMENT, 2);
        assertThat(site.run("archive-push", Site.SEGMENT).status()).isZero();
        byte[] kept = Files.readAllBytes(Path.of(wal(other)));

        Ran ran = site.run("copy", "file://" + site.vault(), "1", "--all");

        assertThat(ran.status()).isEqualTo(20);
        assertThat(ran.err()).contains("WARNING:  ", Site.SEGMENT);
        assertThat(ran.err()).contains("of timeline 1 nothing is copied: the other vault has something else there");
        assertThat(ran.out()).contains("problems: 1", "left out of timeline 1");
        assertThat(Files.readAllBytes(Path.of(wal(other)))).isEqualTo(kept);
    }

    @Test
    void noKeyIsNeededToCopyAnEncryptedVault() throws IOException {
        String recipient = site.run("keygen", "-o", directory.resolve("new.age").toString())
                .out()
                .substring("recipient: ".length())
                .strip();
        Path first = directory.resolve("sealed1");
        Path second = directory.resolve("sealed2");
        for (Path vault : new Path[] {first, second}) {
            site.write("vault = \"" + vault + "\"\npgdata = \"pgdata\"\n[encryption]\nrecipients = [\"" + recipient
                    + "\"]\n");
            assertThat(site.run("init").status()).isZero();
        }
        assertThat(site.run("archive-push", Site.SEGMENT).status()).isZero();
        site.configure("");

        Ran ran = site.run("copy", second.toString(), first.toString(), "--all");

        assertThat(ran.status()).isZero();
        assertThat(Path.of(wal(first))).hasSameBinaryContentAs(Path.of(wal(second)));
    }

    @Test
    void aDirectoryInThePlaceOfAHistoryIsAProblem() throws IOException {
        Files.createDirectories(
                site.vault().resolve("main/members/main/" + site.system() + "/history/00000009.history"));

        Ran ran = site.run("copy", "1", other.toString(), "--all");

        assertThat(ran.err()).contains("history/00000009.history\" cannot be an object: it is a directory");
        assertThat(ran.status()).isEqualTo(28);
        assertThat(Path.of(wal(other))).exists();
    }

    @Test
    void whatCannotBeMeantIsRefused() {
        assertThat(site.run("copy", "1", "2").err()).contains("there is no vault \"2\"; there is 1 (file:");
        assertThat(site.run("copy", "1", "2").status()).isEqualTo(2);
        assertThat(site.run("copy", "1", "elsewhere").status()).isEqualTo(2);
        assertThat(site.run("copy", "1", other.toString(), "--backup", "x").status())
                .isEqualTo(2);
        assertThat(site.run("copy", "1", other.toString(), "--all", "--backup", "20261120T221530Z")
                        .status())
                .isEqualTo(2);
        assertThat(site.run("copy", "1", "1").status()).isEqualTo(3);
        assertThat(site.run("copy", "1", directory.resolve("pgdata").toString()).status())
                .isEqualTo(33);
        assertThat(site.run("copy", "1", other.toString(), "--backup", "20261120T221530Z")
                        .status())
                .isEqualTo(26);
    }
}
