package dev.walvault.prefetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.pg.DataDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecoveringServerTest {
    private static final long LIVING = ProcessHandle.current().pid();

    /** Linux never gives a process a number as high. */
    private static final long DEAD = 1L << 30;

    @TempDir
    private Path data;

    private Optional<RecoveringServer> server() {
        return RecoveringServer.of(new DataDirectory(data));
    }

    private void postmasterPid(String text) throws Exception {
        Files.writeString(data.resolve("postmaster.pid"), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"recovery.signal", "standby.signal"})
    void aServerThatRunsAndRecoversIsOne(String signal) throws Exception {
        Files.createFile(data.resolve(signal));
        postmasterPid(LIVING + "\n/data\n1763712345\n5432\n/tmp\nlocalhost\n\nstarting");

        assertThat(server()).contains(new RecoveringServer(LIVING + "-1763712345"));
    }

    @Test
    void aServerThatTakesWritesIsNone() throws Exception {
        postmasterPid(LIVING + "\n/data\n1763712345\n");

        assertThat(server()).isEmpty();
    }

    @Test
    void aDataDirectoryWithoutALivingServerIsNone() throws Exception {
        Files.createFile(data.resolve("recovery.signal"));
        assertThat(server()).isEmpty();

        postmasterPid(DEAD + "\n/data\n1763712345\n");
        assertThat(server()).isEmpty();

        // single-user mode
        postmasterPid("-" + LIVING + "\n/data\n1763712345\n");
        assertThat(server()).isEmpty();

        postmasterPid("");
        assertThat(server()).isEmpty();
    }
}
