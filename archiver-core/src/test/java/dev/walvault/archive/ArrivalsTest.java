package dev.walvault.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.host.Disk;
import dev.walvault.host.Landing;
import dev.walvault.host.StateFiles;
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
    /** Linux never gives a process a number as high. */
    private static final String OF_A_DEAD_PROCESS = (1L << 30) + "-5-0123456789abcdef";

    @TempDir
    private Path root;

    private Path state;
    private Path destination;
    private Arrivals arrivals;

    @BeforeEach
    void aDataDirectory() throws Exception {
        state = root.resolve("state/arriving");
        destination = Files.createDirectories(root.resolve("data/pg_wal")).resolve("RECOVERYXLOG");
        arrivals = arrivals(state);
    }

    private static Arrivals arrivals(Path directory) {
        var clock = new FakeTime(Vaults.NOW);
        return new Arrivals(new StateFiles(Disk.ofThisHost(), clock), directory, clock);
    }

    private Landing arrival() {
        return arrivals.of(Handover.at(destination));
    }

    private static Path written(Path file, Duration ago) throws Exception {
        Files.writeString(file, "half");
        return Files.setLastModifiedTime(file, FileTime.from(Vaults.NOW.minus(ago)));
    }

    @Test
    void aFileGrowsInTheStateDirectoryAndAppears() throws Exception {
        Landing landing = arrival();

        Path begun = Files.writeString(landing.begin(), "x");
        assertThat(begun).hasParent(state);
        assertThat(destination.getParent()).isEmptyDirectory();
        landing.land(begun);

        assertThat(destination).hasContent("x");
        assertThat(state).isEmptyDirectory();
    }

    @Test
    void noTwoCallsWriteToTheSameFile() throws Exception {
        Path first = written(arrival().begin(), Duration.ZERO);
        Path second = arrival().begin();

        assertThat(second).isNotEqualTo(first).doesNotExist();
        assertThat(first).hasContent("half");
    }

    @Test
    void whatTheDeadHaveLeftGoesAfterAMinuteAndWhatTheLivingWriteAfterAnHour() throws Exception {
        Path living = written(arrival().begin(), Duration.ofMinutes(50));
        Path forgotten = written(arrival().begin(), Duration.ofMinutes(70));
        Path dead = written(state.resolve(OF_A_DEAD_PROCESS), Duration.ofMinutes(2));
        Path justDied = written(state.resolve(OF_A_DEAD_PROCESS.replace('0', '1')), Duration.ofSeconds(30));
        Path unknown = written(state.resolve("something"), Duration.ofMinutes(50));

        arrival().begin();

        assertThat(living).exists();
        assertThat(forgotten).doesNotExist();
        assertThat(dead).doesNotExist();
        assertThat(justDied).exists();
        assertThat(unknown).exists();
    }

    @Test
    void besideItsPlaceTheSameHoldsAndOthersAreLeftAlone() throws Exception {
        Files.createFile(root.resolve("state"));
        Path living = written(arrival().begin(), Duration.ofMinutes(50));
        Path dead = written(
                destination.resolveSibling("RECOVERYXLOG.walvault-" + OF_A_DEAD_PROCESS), Duration.ofMinutes(2));
        Path segment = written(destination.resolveSibling("000000010000000000000001"), Duration.ofDays(2));

        Path begun = arrival().begin();

        assertThat(begun.getParent()).isEqualTo(destination.getParent());
        assertThat(living).exists().isNotEqualTo(begun);
        assertThat(dead).doesNotExist();
        assertThat(segment).exists();
    }

    @Test
    void onAnotherFileSystemItGrowsBesideItsPlace() throws Exception {
        // /dev/shm is a file system of its own on every Linux
        Path elsewhere = Files.createTempDirectory(Path.of("/dev/shm"), "walvault-test");
        try {
            var far = arrivals(elsewhere.resolve("arriving"));

            assertThat(far.of(Handover.at(destination)).begin().getParent()).isEqualTo(destination.getParent());
        } finally {
            Files.deleteIfExists(elsewhere.resolve("arriving"));
            Files.delete(elsewhere);
        }
    }
}
