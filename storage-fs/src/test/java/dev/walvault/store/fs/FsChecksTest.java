package dev.walvault.store.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.walvault.ErrorCode;
import dev.walvault.examine.Examiner;
import dev.walvault.examine.Finding;
import dev.walvault.examine.Finding.Verdict;
import dev.walvault.host.Disk;
import dev.walvault.observe.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FsChecksTest {
    @TempDir
    Path directory;

    private Path root;
    private Path pgdata;

    @BeforeEach
    void directories() throws IOException {
        root = Files.createDirectory(directory.resolve("vault"));
        pgdata = Files.createDirectory(directory.resolve("pgdata"));
    }

    private static List<Finding> examine(Path vault, Optional<Path> data) throws IOException {
        var examiner = new Examiner(new Cancellation(), _ -> {});
        examiner.run(FsChecks.of(vault, data));
        return examiner.findings();
    }

    private static Finding of(List<Finding> findings, String check) {
        return findings.stream()
                .filter(each -> each.check().equals(check))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aDirectoryThatCannotBeLookedAtIsNotSaidToBeMissing() throws IOException {
        Path loop = Files.createSymbolicLink(directory.resolve("loop"), directory.resolve("loop"));

        assertThat(of(examine(loop.resolve("vault"), Optional.empty()), "vault directory")
                        .seen())
                .contains("could not examine directory", "symbolic links");
    }

    @Test
    void aSoundDirectoryPassesAndIsLeftEmpty() throws IOException {
        List<Finding> findings = examine(root, Optional.empty());

        for (String check : List.of("vault directory", "hard links and fsync", "unfinished uploads")) {
            assertThat(of(findings, check).verdict()).as(check).isEqualTo(Verdict.OK);
        }
        assertThat(of(findings, "its own disk").verdict()).isEqualTo(Verdict.SKIPPED);
        assertThat(of(findings, "free space").seen()).contains("are free");
        assertThat(of(findings, "file system").seen()).contains("of type");
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void aVaultBesideTheDataDirectoryIsAWarningAndOneInsideFails() throws IOException {
        assertThat(of(examine(root, Optional.of(pgdata)), "its own disk").verdict())
                .isEqualTo(Verdict.WARNING);

        Path inside = Files.createDirectory(pgdata.resolve("vault"));
        assertThat(of(examine(inside, Optional.of(pgdata)), "its own disk").code())
                .contains(ErrorCode.CONFIGURATION);
    }

    @Test
    void aVaultThatEverybodyCanWriteToIsAWarning() throws IOException {
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxrwxrwx"));

        Finding finding = of(examine(root, Optional.empty()), "vault directory");

        assertThat(finding.verdict()).isEqualTo(Verdict.WARNING);
        assertThat(finding.fix()).contains("Keep others from it:\n    chmod o-w " + root);
    }

    /** As after a call as root: the directory of the next segment is not the one at the top. */
    @Test
    void aDirectoryDeepDownThatThisUserCannotWriteToIsFound() throws IOException {
        Path deep = Files.createDirectories(root.resolve("c/members/main/1/wal/00000001/0000000100000000"));
        var examiner = new Examiner(new Cancellation(), _ -> {});

        examiner.run(FsChecks.of(
                root, Optional.empty(), Disk.ofThisHost(), InstantSource.system(), path -> !path.equals(deep)));

        Finding finding = of(examiner.findings(), "directories in it");
        assertThat(finding.code()).contains(ErrorCode.STORE_DENIED);
        assertThat(finding.seen()).isEqualTo("this user cannot write to \"" + deep + "\"");
        assertThat(of(examine(root, Optional.empty()), "directories in it").verdict())
                .isEqualTo(Verdict.OK);
    }

    @Test
    void whatDeadWritersLeftIsCounted() throws IOException {
        Path left =
                Files.createFile(Files.createDirectories(root.resolve("a/b")).resolve(".x.1.tmp"));
        Files.createFile(root.resolve(".young.1.tmp"));
        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(Duration.ofDays(2))));

        Finding finding = of(examine(root, Optional.empty()), "unfinished uploads");

        assertThat(finding.verdict()).isEqualTo(Verdict.WARNING);
        assertThat(finding.seen()).startsWith("1 files");
    }

    @Test
    void aFileSystemInMemoryIsAWarning() throws IOException {
        Path memory = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(memory) && Files.getFileStore(memory).type().equals("tmpfs"));
        Path vault = Files.createTempDirectory(memory, "walvault");
        try {
            assertThat(of(examine(vault, Optional.empty()), "file system").verdict())
                    .isEqualTo(Verdict.WARNING);
        } finally {
            Files.delete(vault);
        }
    }

    @Test
    void aDirectoryThatIsNotThereFailsAndNothingElseIsTried() throws IOException {
        List<Finding> findings = examine(directory.resolve("absent"), Optional.empty());

        assertThat(findings).extracting(Finding::verdict).containsExactly(Verdict.FAILED, Verdict.SKIPPED);
        assertThat(of(findings, "vault directory").code()).contains(ErrorCode.STORE_UNREACHABLE);
        assertThat(of(findings, "vault directory").fix().orElseThrow()).startsWith("Mount the file system");
    }
}
