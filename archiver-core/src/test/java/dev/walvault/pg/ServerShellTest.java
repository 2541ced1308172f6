package dev.walvault.pg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.pg.ServerShell.Lookup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerShellTest {
    @TempDir
    Path directory;

    private Path data;
    private Path program;

    @BeforeEach
    void aDirectoryAndAProgram() throws IOException {
        data = Files.createDirectory(directory.resolve("data"));
        program = Files.createFile(directory.resolve("store"));
        assertThat(program.toFile().setExecutable(true)).isTrue();
    }

    @Test
    void theSearchPathIsThatOfTheServersProcess() throws Exception {
        Path postgres = Files.copy(Path.of("/bin/sleep"), directory.resolve("postgres"));
        var builder = new ProcessBuilder(postgres.toString(), "60").directory(data.toFile());
        builder.environment().put("PATH", "/one:/two");
        Process process = builder.start();
        try {
            Files.writeString(data.resolve("postmaster.pid"), process.pid() + "\n" + data + "\n1764000000\n");
            assertThat(ServerShell.of(data).searchPath()).contains("/one:/two");

            Path copy = Files.createDirectory(directory.resolve("copy"));
            Files.copy(data.resolve("postmaster.pid"), copy.resolve("postmaster.pid"));
            assertThat(ServerShell.of(copy).searchPath()).isEmpty();
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(ServerShell.of(data).searchPath()).isEmpty();
    }

    @Test
    void aWordIsLookedUpInTheSearchPath() {
        var shell = new ServerShell(data, Optional.of("/nowhere:" + directory));

        assertThat(shell.find("store")).isEqualTo(new Lookup.Found(program));
        assertThat(shell.find("fetch"))
                .isEqualTo(new Lookup.NotFound(
                        "is not in the PATH that the server was started with, /nowhere:" + directory));
        assertThat(new ServerShell(data, Optional.of("..:")).find("store")).isInstanceOf(Lookup.Found.class);
    }

    @Test
    void aPathIsLookedAtFromTheDataDirectory() throws Exception {
        var shell = new ServerShell(data, Optional.empty());

        assertThat(shell.find("../store")).isInstanceOf(Lookup.Found.class);
        assertThat(shell.find("/nowhere/store")).isEqualTo(new Lookup.NotFound("is not there"));
        Path text = Files.createFile(directory.resolve("text"));
        assertThat(shell.find(text.toString())).isEqualTo(new Lookup.NotFound("cannot be executed by this user"));
    }

    @Test
    void withoutTheServersEnvironmentNothingIsSaidOfAWord() {
        assertThat(new ServerShell(data, Optional.empty()).find("walvault")).isEqualTo(new Lookup.Unknown());
    }
}
