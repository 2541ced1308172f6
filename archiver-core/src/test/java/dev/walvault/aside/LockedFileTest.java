package dev.walvault.aside;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.host.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockedFileTest {
    @TempDir
    Path directory;

    /** As the kernel tells it: within one process Java itself keeps a second lock away, held or not. */
    static boolean isLocked(Path file) throws IOException {
        String inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
        return Files.readAllLines(Path.of("/proc/locks")).stream().anyMatch(line -> line.contains(inode));
    }

    @Test
    void itIsLockedUntilItIsLetGo() throws Exception {
        Path file = directory.resolve("lock");

        LockedFile held = LockedFile.take(file, Disk.ofThisHost()).orElseThrow();
        held.write(UTF_8.encode("text"));
        assertThat(isLocked(file)).isTrue();
        assertThat(file).hasContent("text");
        held.release();
        assertThat(isLocked(file)).isFalse();

        LockedFile again = LockedFile.take(file, Disk.ofThisHost()).orElseThrow();
        assertThat(isLocked(file)).isTrue();
        again.remove();
        assertThat(file).doesNotExist();
    }

    @Test
    void ofTwoOnlyOneHasIt() throws Exception {
        Path file = directory.resolve("lock");
        Process other = new ProcessBuilder("perl", "-e", OTHER, file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var said = other.inputReader()) {
            assertThat(said.readLine()).isEqualTo("locked");

            assertThat(LockedFile.take(file, Disk.ofThisHost())).isEmpty();
        } finally {
            other.destroyForcibly();
        }
        other.waitFor();
        assertThat(LockedFile.take(file, Disk.ofThisHost())).isPresent();
    }

    /** Locks a file as fcntl(2) does, for all of it, and waits to be killed. */
    private static final String OTHER = """
            use Fcntl;
            open(my $file, ">", $ARGV[0]) or die;
            my $whole = pack("s s x![q] q q l x4", F_WRLCK, 0, 0, 0, 0);
            fcntl($file, F_SETLK, $whole) or die;
            $| = 1;
            print "locked\\n";
            sleep(60);
            """;
}
