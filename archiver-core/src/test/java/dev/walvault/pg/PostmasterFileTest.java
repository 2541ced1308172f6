package dev.walvault.pg;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.pg.PostmasterFile.Listening;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostmasterFileTest {
    @TempDir
    Path data;

    private void write(String text) throws Exception {
        Files.write(data.resolve("postmaster.pid"), text.getBytes(ISO_8859_1));
    }

    @Test
    void itSaysWhichServerItIsAndWhereItListens() throws Exception {
        write("4711\n/data/\u00e9\n1790000000\n5433\n/run/pg\n*\n  123 4\nready   \n");

        assertThat(PostmasterFile.read(data))
                .contains(new PostmasterFile(
                        new Postmaster(4711, "1790000000"),
                        Optional.of(new Listening(5433, Optional.of(Path.of("/run/pg"))))));
    }

    @Test
    void whatIsNotWholeNamesItsProcess() throws Exception {
        write("-4711\n/data\n");

        assertThat(PostmasterFile.read(data)).contains(new PostmasterFile(new Postmaster(-4711, ""), Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "postgres\n/data\n1\n", "99999999999999999999\n"})
    void whatNamesNoProcessIsNoServer(String text) throws Exception {
        write(text);

        assertThat(PostmasterFile.read(data)).isEmpty();
        assertThat(PostmasterFile.isIn(data)).isTrue();
        assertThat(PostmasterFile.isServed(data)).isFalse();
    }

    @Test
    void anotherProgramThatHasTheNumberByNowIsNoServer() throws Exception {
        long own = ProcessHandle.current().pid();
        write(own + "\n" + data + "\n1\n");

        assertThat(new Postmaster(own, "1").isRunning()).isTrue();
        assertThat(PostmasterFile.isServed(data)).isFalse();
    }

    /** A running server whose directory has a name in another encoding was taken for a dead one. */
    @ParameterizedTest
    @ValueSource(ints = {1, -1})
    void aServerIsSeenInADirectoryOfAnyName(int mode) throws Exception {
        Path program = data.resolve("postgres");
        Files.copy(Path.of("/bin/sleep"), program);
        Process server = new ProcessBuilder(program.toString(), "60").start();
        try {
            write(mode * server.pid() + "\n/data/\u00e9\n1\n");

            assertThat(PostmasterFile.isServed(data)).isTrue();
        } finally {
            server.destroyForcibly().waitFor();
        }
        assertThat(PostmasterFile.isServed(data)).isFalse();
    }
}
