package dev.walvault.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.pg.SystemIdentifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchivePushTest {
    private static final String SEGMENT = Site.SEGMENT;

    @TempDir
    Path directory;

    private Site site;

    @BeforeEach
    void initialise() throws IOException {
        site = Site.initialised(directory);
    }

    @Test
    void aSegmentIsStoredWithoutAWord() throws IOException {
        site.segment(SEGMENT, 1);

        assertThat(site.run("archive-push", "pg_wal/" + SEGMENT)).isEqualTo(new Ran(0, "", ""));
        assertThat(stored(SEGMENT)).isRegularFile();
    }

    @Test
    void theSameContentTwiceIsSuccess() throws IOException {
        site.segment(SEGMENT, 1);
        site.run("archive-push", "pg_wal/" + SEGMENT);

        assertThat(site.run("archive-push", "pg_wal/" + SEGMENT)).isEqualTo(new Ran(0, "", ""));
        assertThat(site.run("archive-push", "pg_wal/" + SEGMENT, "--output", "json")
                        .out())
                .isEqualToIgnoringNewLines("{\"walvault\":1,\"command\":\"archive-push\",\"file\":\"" + SEGMENT
                        + "\",\"outcome\":\"already-archived\"}");
    }

    @Test
    void otherContentIsRefusedSayingWhoWhenAndWhere() throws IOException {
        site.segment(SEGMENT, 1);
        site.run("archive-push", "pg_wal/" + SEGMENT);
        byte[] before = Files.readAllBytes(stored(SEGMENT));
        site.segment(SEGMENT, 2);

        Ran ran = site.run("archive-push", "pg_wal/" + SEGMENT);

        assertThat(ran.status()).isEqualTo(20);
        assertThat(ran.err())
                .startsWith("ERROR:  \"" + SEGMENT + "\" is in the vault already, with other content; nothing was"
                        + " overwritten\nDETAIL:  stored by this host \"")
                .contains("\" at 20")
                .contains("they first differ at byte 100, WAL location 0/1000064")
                .contains("\nHINT:  ");
        assertThat(stored(SEGMENT)).hasBinaryContent(before);
    }

    @Test
    void aFileMayBeNamedByItsNameAloneOrByAnAbsolutePath() throws IOException {
        Path segment = site.segment(SEGMENT, 1);

        assertThat(site.run("archive-push", SEGMENT).status()).isZero();
        assertThat(site.runIn(directory, "archive-push", segment.toString()).status())
                .isZero();
    }

    @Test
    void historyPartialAndBackupHistoryFilesAreStored() throws IOException {
        Path wal = site.pgdata().resolve("pg_wal");
        Files.writeString(wal.resolve("00000002.history"), "1\t0/3000000\tno recovery target specified\n");
        Files.writeString(
                wal.resolve(SEGMENT + ".00000028.backup"),
                "START WAL LOCATION: 0/1000028 (file " + SEGMENT + ")\nLABEL: x\n");
        site.segment(SEGMENT + ".partial", 3);

        assertThat(site.run("archive-push", "pg_wal/00000002.history").status()).isZero();
        assertThat(site.run("archive-push", "pg_wal/" + SEGMENT + ".00000028.backup")
                        .status())
                .isZero();
        assertThat(site.run("archive-push", "pg_wal/" + SEGMENT + ".partial").status())
                .isZero();
        assertThat(member().resolve("history/00000002.history")).isRegularFile();
    }

    @Test
    void whatIsNoWalIsRefused() throws IOException {
        Path segment = site.pgdata().resolve("pg_wal").resolve(SEGMENT);
        Files.write(segment, new byte[0]);
        assertThat(site.run("archive-push", "pg_wal/" + SEGMENT).status()).isEqualTo(25);

        Files.write(segment, new byte[16 << 20]);
        assertThat(site.run("archive-push", "pg_wal/" + SEGMENT).status()).isEqualTo(25);

        Ran longName = site.run("archive-push", "pg_wal/" + "0".repeat(65));
        assertThat(longName.status()).isEqualTo(25);
        assertThat(longName.err()).contains("it has more than 64 characters");
    }

    @Test
    void anotherSystemsWalIsRefused() throws IOException {
        site.segment(SEGMENT, 1, new SystemIdentifier(42));

        Ran ran = site.run("archive-push", "pg_wal/" + SEGMENT);

        assertThat(ran.status()).isEqualTo(52);
        assertThat(ran.err())
                .startsWith("ERROR:  WAL file \"" + SEGMENT + "\" is of system 42, but the data directory is of"
                        + " system " + site.system());
    }

    @Test
    void aServerThatWasNotRegisteredIsRefused() throws IOException {
        site.controlFile("16");
        site.segment(SEGMENT, 1);

        Ran ran = site.run("archive-push", "pg_wal/" + SEGMENT);

        assertThat(ran.status()).isEqualTo(52);
        assertThat(ran.err()).contains("is not known as member \"main\" of cluster \"main\"");
    }

    @Test
    void aMissingVaultIsAnError() throws IOException {
        site.segment(SEGMENT, 1);
        Files.move(site.vault(), directory.resolve("elsewhere"));

        Ran ran = site.run("archive-push", "pg_wal/" + SEGMENT);

        assertThat(ran.status()).isBetween(30, 39);
        assertThat(ran.err()).startsWith("ERROR:  ").contains(site.vault().toString());
    }

    @Test
    void aVaultOfANewerFormatIsRefused() throws IOException {
        site.segment(SEGMENT, 1);
        newerFormat(site);

        Ran ran = site.run("archive-push", "pg_wal/" + SEGMENT);

        assertThat(ran.status()).isEqualTo(23);
        assertThat(ran.err()).contains("is of vault format 2, this walvault knows 1");
    }

    static void newerFormat(Site site) throws IOException {
        Path document = site.vault().resolve("vault.json");
        String text = Files.readString(document);
        Files.delete(document);
        Files.writeString(document, text.replace("\"walvault\":1", "\"walvault\":2"));
    }

    @Test
    void aFileThatIsNotThereIsAnErrorOfThisMachine() {
        Ran ran = site.run("archive-push", "pg_wal/" + SEGMENT);

        assertThat(ran.status()).isEqualTo(35);
        assertThat(ran.err()).contains("could not read").contains("there is no such file");
    }

    @Test
    void identitiesThatAreNotOnThisHostDoNotMatter() throws IOException {
        site.configure("[encryption]\nidentity_files = [\"nowhere.age\"]\n");
        site.segment(SEGMENT, 1);

        assertThat(site.run("archive-push", "pg_wal/" + SEGMENT)).isEqualTo(new Ran(0, "", ""));
    }

    @Test
    void aDamagedCopyIsStoredAgainWithAWarning() throws IOException {
        site.segment(SEGMENT, 1);
        site.run("archive-push", "pg_wal/" + SEGMENT);
        Path stored = stored(SEGMENT);
        byte[] bytes = Files.readAllBytes(stored);
        Files.delete(stored);
        bytes[bytes.length - 6] ^= 1;
        Files.write(stored, bytes);

        Ran ran = site.run("archive-push", "pg_wal/" + SEGMENT);

        assertThat(ran.status()).isZero();
        assertThat(ran.err()).startsWith("WARNING:  the vault's copy of \"" + SEGMENT + "\" was damaged");
    }

    @Test
    void noStatusExceeds125() {
        assertThat(site.run("archive-push").status()).isEqualTo(2);
        assertThat(site.run("archive-push", "--no-such-option", "x").status()).isEqualTo(2);
        assertThat(site.bare(directory, "-c", "nowhere.toml", "archive-push", "x")
                        .status())
                .isEqualTo(3);
    }

    private Path member() throws IOException {
        return site.vault().resolve("main/members/main").resolve(site.system().toString());
    }

    private Path stored(String name) throws IOException {
        return member().resolve("wal")
                .resolve(name.substring(0, 8))
                .resolve(name.substring(8, 16))
                .resolve(name);
    }
}
