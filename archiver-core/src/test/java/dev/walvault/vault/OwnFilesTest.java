package dev.walvault.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnFilesTest {
    @TempDir
    private Path root;

    @ParameterizedTest
    @CsvSource({"rw-------, true", "rw-r--r--, true", "rw-rw----, false", "rw----rw-, false", "-w--w----, false"})
    void whatOthersCanWriteIsNotOurs(String mode, boolean own) throws Exception {
        Path file = Files.createFile(root.resolve("file"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));

        assertThat(OwnFiles.isOwn(file)).isEqualTo(own);
    }

    @Test
    void whatBelongsToAnotherUserIsNotOursNorIsALink() throws Exception {
        Path file = Files.createFile(root.resolve("file"));

        assertThat(OwnFiles.isOwn(Files.createSymbolicLink(root.resolve("link"), file)))
                .isFalse();
        assertThat(OwnFiles.isOwn(root.resolve("gone"))).isFalse();
        // for whoever is not root /proc/1 is another user's; for root there is nobody's but its own to look at
        boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        assertThat(OwnFiles.isOwn(Path.of("/proc/1"))).isEqualTo(root);
    }

    @Test
    void everyDirectoryAboveCounts() throws Exception {
        Path top = Files.createDirectory(root.resolve("top"));
        Path middle = Files.createDirectory(top.resolve("middle"));
        Path file = Files.createFile(middle.resolve("file"));
        for (Path directory : new Path[] {top, middle}) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        }
        assertThat(OwnFiles.isOwnUpTo(file, top)).isTrue();

        Files.setPosixFilePermissions(middle, PosixFilePermissions.fromString("rwxrwx---"));
        assertThat(OwnFiles.isOwnUpTo(file, top)).isFalse();
        assertThat(OwnFiles.isOwnUpTo(middle, root.resolve("elsewhere"))).isFalse();
    }
}
