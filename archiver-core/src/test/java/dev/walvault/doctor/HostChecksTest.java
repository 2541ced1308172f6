package dev.walvault.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.walvault.ErrorCode;
import dev.walvault.LockException;
import dev.walvault.examine.Examiner;
import dev.walvault.examine.Finding;
import dev.walvault.examine.Finding.Verdict;
import dev.walvault.observe.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostChecksTest {
    @TempDir
    Path directory;

    private static List<Finding> examine(Optional<Path> pgdata, LocalDirectory... directories) throws LockException {
        var examiner = new Examiner(new Cancellation(), _ -> {});
        examiner.run(HostChecks.of(List.of(directories), pgdata));
        return examiner.findings();
    }

    private static Finding examine(LocalDirectory only) throws LockException {
        return examine(Optional.empty(), only).getFirst();
    }

    private static LocalDirectory state(Path path) {
        return LocalDirectory.madeWhenNeeded("state directory", path, "state_directory");
    }

    @Test
    void aDirectoryThatMustBeThereAndIsNotFails() throws LockException {
        Finding finding = examine(LocalDirectory.thatIsThere("temporary files", directory.resolve("absent"), "TMP"));

        assertThat(finding.code()).contains(ErrorCode.LOCAL_FILE);
        assertThat(finding.fix().orElseThrow()).contains("TMP");
    }

    @Test
    void oneThatIsMadeWhenItIsNeededMayBeAbsentAndIsNotMadeNow() throws IOException {
        Finding finding = examine(state(directory.resolve("a/b")));

        assertThat(finding.verdict()).isNotEqualTo(Verdict.FAILED);
        assertThat(finding.seen()).contains("is not there yet, and can be made", "are free");
        assertThat(directory).isEmptyDirectory();
        assertThat(examine(state(directory)).seen()).contains("can be written to");
    }

    @Test
    void oneThatCannotBeMadeFails() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        Finding finding = examine(state(file.resolve("state")));

        assertThat(finding.code()).contains(ErrorCode.LOCAL_FILE);
        assertThat(finding.fix().orElseThrow()).contains("make \"" + file + "\" a directory", "state_directory");
    }

    @Test
    void whatAnotherUserHasMadeInItFails() throws IOException {
        Path foreign = Files.createDirectories(directory.resolve("memory/0123"));
        Files.setPosixFilePermissions(foreign, PosixFilePermissions.fromString("r-xr-xr-x"));
        assumeFalse(Files.isWritable(foreign), "the superuser can write to everything");

        Finding finding = examine(state(directory));

        assertThat(finding.code()).contains(ErrorCode.LOCAL_FILE);
        assertThat(finding.seen()).contains(foreign.toString());
    }

    @Test
    void oneOfTheServersUserIsToBeUsedByThatUserAndNotTakenFromIt() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "it takes root to give files away");
        Path pgdata = Files.createDirectory(directory.resolve("pgdata"));
        Path state = Files.createDirectory(directory.resolve("state"));
        for (Path each : List.of(pgdata, state)) {
            Files.setAttribute(each, "unix:uid", 65_534);
        }

        Finding finding = examine(Optional.of(pgdata), state(state)).getFirst();

        assertThat(finding.code()).contains(ErrorCode.LOCAL_FILE);
        assertThat(finding.fix().orElseThrow())
                .contains("Run this as the server's user, \"nobody\"")
                .doesNotContain("chown");
    }

    @Test
    void oneThatOthersCanWriteToIsNotBelieved() throws IOException {
        Path pgdata = Files.createDirectory(directory.resolve("pgdata"));
        Path state = Files.createDirectory(directory.resolve("state"));
        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwxrwxrwx"));

        Finding finding = examine(Optional.of(pgdata), state(state)).getFirst();

        assertThat(finding.code()).contains(ErrorCode.LOCAL_FILE);
        assertThat(finding.fix().orElseThrow())
                .contains("chown -R " + Files.getOwner(pgdata).getName() + " " + state, "chmod -R go-w " + state);
    }

    @Test
    void oneInsideOfTheDataDirectoryIsAWarningEvenBeforeItIsMade() throws IOException {
        Path pgdata = Files.createDirectory(directory.resolve("pgdata"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), pgdata);

        List<Finding> findings = examine(
                Optional.of(pgdata),
                LocalDirectory.thatIsThere("temporary files", directory, "TMP"),
                state(link.resolve("walvault/state")));

        assertThat(findings)
                .extracting(Finding::check)
                .containsExactly("temporary files", "state directory", "data directory", "recovery");
        assertThat(findings.get(0).seen()).contains("can be written to");
        assertThat(findings.get(1).verdict()).isEqualTo(Verdict.WARNING);
        assertThat(findings.get(1).seen()).contains("inside of the data directory");
        assertThat(findings.get(2).seen()).contains("are free");
    }
}
