package dev.walvault.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies in the place of an object and is none blocks nothing but itself. */
class ObstructedVaultTest {
    private static final String BACKUP = "20261120T221530Z";

    @TempDir
    Path directory;

    private Site site;
    private Path system;

    @BeforeEach
    void store() throws IOException {
        site = Site.initialised(directory);
        site.segment(Site.SEGMENT, 1);
        assertThat(site.run("archive-push", "pg_wal/" + Site.SEGMENT).status()).isZero();
        system = site.vault().resolve("main/members/main/" + site.system());
    }

    @Test
    void infoNamesDirectoriesAndPrintsTheRest() throws IOException {
        Files.createDirectories(system.resolve("backups/" + BACKUP + "/complete.json"));
        Files.createDirectories(system.resolve("history/00000009.history"));

        Ran ran = site.run("info");

        assertThat(ran.status()).isZero();
        assertThat(ran.out())
                .contains("backup " + BACKUP + " cannot be used:")
                .contains("complete.json\" cannot be an object: it is a directory")
                .contains(Site.SEGMENT);
    }

    @Test
    void infoNamesFilesInThePlaceOfDirectories() throws IOException {
        Files.createDirectories(system.resolve("points"));
        Files.writeString(system.resolve("points/zz"), "");
        Files.writeString(system.resolve("wal/00000002"), "");
        Files.createDirectories(system.resolve("backups"));
        Files.writeString(system.resolve("backups/" + BACKUP), "");

        Ran ran = site.run("info");

        assertThat(ran.status()).isZero();
        assertThat(ran.out())
                .contains("a restore point cannot be used:")
                .contains("/points/zz\"")
                .containsPattern("not used:\n  .*/wal/00000002\n")
                .contains("backup " + BACKUP + " cannot be used:")
                .contains(Site.SEGMENT);
    }
}
