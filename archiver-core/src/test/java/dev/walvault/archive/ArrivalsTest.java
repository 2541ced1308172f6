package dev.walvault.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.observe.FakeTime;
import dev.walvault.vault.Vaults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArrivalsTest {
    @TempDir
    private Path root;

    private Path state;
    private Path destination;
    private Arrivals arrivals;

    @BeforeEach
    void aDataDirectory() throws Exception {
        state = root.resolve("state/arriving");
        destination = Files.createDirectories(root.resolve("data/pg_wal")).resolve("RECOVERYXLOG");
        arrivals = new Arrivals(state, new FakeTime(Vaults.NOW));
    }

    @Test
    void aFileGrowsInTheStateDirectoryAndIsRenamed() throws Exception {
        Landing landing = arrivals.at(destination);

        Path begun = Files.writeString(landing.begin(), "x");
        assertThat(begun).hasParent(state);
        assertThat(destination.getParent()).isEmptyDirectory();
        landing.land(begun);

        assertThat(destination).hasContent("x");
        assertThat(state).isEmptyDirectory();
    }

    @Test
    void whatAKilledCallHasLeftMakesRoom() throws Exception {
        Files.writeString(arrivals.at(destination).begin(), "half");
        Files.writeString(Landing.beside(destination), "of an older version");

        assertThat(arrivals.at(destination).begin()).doesNotExist();
        assertThat(destination.getParent()).isEmptyDirectory();
    }

    @Test
    void whatIsLeftOfOtherFilesGoesAfterAWhile() throws Exception {
        Path old =
                Files.writeString(arrivals.at(destination.resolveSibling("a")).begin(), "half");
        Path young =
                Files.writeString(arrivals.at(destination.resolveSibling("b")).begin(), "half");
        Files.setLastModifiedTime(old, FileTime.from(Vaults.NOW.minus(Duration.ofHours(2))));
        Files.setLastModifiedTime(young, FileTime.from(Vaults.NOW.minus(Duration.ofMinutes(2))));

        arrivals.at(destination).begin();

        assertThat(old).doesNotExist();
        assertThat(young).exists();
    }

    @Test
    void filesOfTwoDataDirectoriesDoNotMeet() throws Exception {
        Path other = Files.createDirectories(root.resolve("other/pg_wal")).resolve("RECOVERYXLOG");

        assertThat(arrivals.at(other).begin())
                .isNotEqualTo(arrivals.at(destination).begin());
    }

    @Test
    void withoutAStateDirectoryItGrowsBesideItsPlace() throws Exception {
        Files.createFile(root.resolve("state"));

        assertThat(arrivals.at(destination).begin()).isEqualTo(Landing.beside(destination));
    }

    @Test
    void onAnotherFileSystemItGrowsBesideItsPlace() throws Exception {
        // /dev/shm is a file system of its own on every Linux
        Path elsewhere = Files.createTempDirectory(Path.of("/dev/shm"), "walvault-test");
        try {
            var far = new Arrivals(elsewhere.resolve("arriving"), new FakeTime(Vaults.NOW));

            assertThat(far.at(destination).begin()).isEqualTo(Landing.beside(destination));
        } finally {
            Files.deleteIfExists(elsewhere.resolve("arriving"));
            Files.delete(elsewhere);
        }
    }

    @Test
    void aFileIsMovedToAnotherFileSystemToo() throws Exception {
        Path elsewhere = Files.createTempDirectory(Path.of("/dev/shm"), "walvault-test");
        try {
            Path from = Files.writeString(elsewhere.resolve("x"), "x");

            Landing.move(from, destination);

            assertThat(destination).hasContent("x");
            assertThat(from).doesNotExist();
            assertThat(destination.getParent()).isDirectoryContaining(destination::equals);
            assertThat(Landing.beside(destination)).doesNotExist();
        } finally {
            Files.delete(elsewhere);
        }
    }
}
