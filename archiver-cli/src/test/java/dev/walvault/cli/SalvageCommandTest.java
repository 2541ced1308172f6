package dev.walvault.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SalvageCommandTest {
    private static final String TAIL = "000000010000000000000002";

    @TempDir
    Path directory;

    private Site site;

    @BeforeEach
    void aServerThatDied() throws IOException {
        site = Site.initialised(directory);
        Files.createDirectories(site.pgdata().resolve("pg_wal/archive_status"));
        site.segment(Site.SEGMENT, 1);
        site.segment(TAIL, 2);
    }

    private Path stored(String name) throws IOException {
        return site.vault().resolve("main/members/main/" + site.system() + "/wal/00000001/00000000/" + name);
    }

    @Test
    void whatAnInterruptedRestoreHasMovedAsideIsNotLookedForHere() throws Exception {
        Files.writeString(site.pgdata().resolve("walvault-in-place.lock"), "");

        Ran ran = site.run("salvage", site.pgdata().toString());

        assertThat(ran.status()).isEqualTo(37);
        assertThat(ran.err()).contains("was interrupted", "--undo-in-place -D " + site.pgdata());
    }

    @Test
    void itSaysWhatItStoredAndHowFarThatGoes() throws IOException {
        Ran ran = site.run("salvage", site.pgdata().toString());

        assertThat(ran.status()).isZero();
        assertThat(ran.out()).isEqualTo("""
                        stored 2 files, 0 were there already
                        unfinished segment %1$s is stored as %1$s.partial; it goes on to 0/2000000
                        the WAL of timeline 1 goes up to 0/2000000
                        """.formatted(TAIL));
        assertThat(stored(Site.SEGMENT)).exists();
        assertThat(stored(TAIL)).doesNotExist();
        assertThat(stored(TAIL + ".partial")).exists();
    }

    @Test
    void directoriesInThePlaceOfSegmentsKeepNoOtherFromBeingStored() throws IOException {
        Files.createDirectories(stored(Site.SEGMENT));
        Files.createDirectories(stored(TAIL + ".partial"));

        Ran ran = site.run("salvage", site.pgdata().toString());

        assertThat(ran.status()).isEqualTo(28);
        assertThat(ran.err())
                .contains(Site.SEGMENT + "\" cannot be an object: it is a directory", "move it out of the vault")
                .contains(TAIL + ".partial\" cannot be an object: it is a directory", "remove that object");
        assertThat(ran.out()).contains("stored 1 file,", "problems: 1", "is stored as " + TAIL + ".");
    }

    @Test
    void theSameAsJson() throws IOException {
        Ran ran = site.runIn(directory, "salvage", "pgdata", "--output", "json");

        assertThat(ran.out())
                .isEqualTo(("{\"walvault\":1,\"command\":\"salvage\",\"directory\":\"%s\",\"systemIdentifier\":\"%s\","
                                + "\"stored\":[\"%s\",\"%s.partial\"],\"filesThere\":0,\"unfinished\":"
                                + "[{\"segment\":\"%s\",\"storedAs\":\"%s.partial\",\"end\":\"0/2000000\"}],"
                                + "\"reach\":[{\"timeline\":1,\"lsn\":\"0/2000000\",\"anothersBehind\":false}],\"leftOut\":[],\"problems\":[]}\n")
                        .formatted(site.pgdata(), site.system(), Site.SEGMENT, TAIL, TAIL, TAIL));
    }

    @Test
    void whatIsAnotherServersIsAConflict() throws IOException {
        site.run("archive-push", Site.SEGMENT);
        site.segment(Site.SEGMENT, 3);

        Ran ran = site.run("salvage", site.pgdata().toString());

        assertThat(ran.status()).isEqualTo(20);
        assertThat(ran.err()).contains("WARNING:  \"" + Site.SEGMENT + "\" is in the vault already");
        assertThat(ran.out())
                .contains(
                        "the WAL of timeline 1 goes up to 0/1000000 at most; from there on the vault has another server's",
                        "left out: " + TAIL,
                        "problems: 1");
    }
}
