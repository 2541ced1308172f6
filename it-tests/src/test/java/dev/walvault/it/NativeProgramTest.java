package dev.walvault.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the launcher script promises of a JVM, the native program must keep by itself. */
@EnabledIf(value = "dev.walvault.it.Walvault#isNative", disabledReason = "this is the program for a JVM")
class NativeProgramTest {
    /** Enough to map the program, and too little for the heap that it asks for before any Java runs. */
    private static final String NO_MEMORY = "ulimit -v 150000 && exec \"$0\" \"$@\"";

    @Test
    void aProgramThatCannotStartIsNotTheEndOfTheWal() throws Exception {
        var ran = withoutMemory(Path.of("/"), "archive-get", "000000010000000000000001", "pg_wal/RECOVERYXLOG");

        assertThat(ran.status()).isEqualTo(255);
        assertThat(ran.err()).contains("this is not the end of the WAL");
    }

    @Test
    void aProgramThatCannotStartDoesNotTakeAStandbyDown() throws Exception {
        try (var workspace = Workspace.create("it")) {
            workspace.write("standby.signal", "");

            var ran = withoutMemory(workspace.root(), "archive-get", "000000010000000000000001", "pg_wal/RECOVERYXLOG");

            assertThat(ran.status()).isEqualTo(1);
        }
    }

    @Test
    void aProgramThatCannotStartIsAFailedPushThatPostgresRepeats() throws Exception {
        var ran = withoutMemory(Path.of("/"), "archive-push", "pg_wal/000000010000000000000001");

        assertThat(ran.status()).isBetween(1, 125);
    }

    @Test
    void itsLibrariesAreFoundThroughALink() throws Exception {
        try (var workspace = Workspace.create("it")) {
            var link = Files.createSymbolicLink(workspace.path("walvault"), Walvault.launcher());

            Program.of(link.toString(), "version").run().orThrow();
        }
    }

    @ParameterizedTest
    @CsvSource({"version, 35", "archive-get, 255"})
    void aWorkingDirectoryThatIsGoneIsToldInOneLine(String subcommand, int status) throws Exception {
        try (var workspace = Workspace.create("it")) {
            Path gone = workspace.directory("gone");

            var ran = through("rmdir \"$PWD\" && exec \"$0\" \"$@\"", gone, subcommand);

            assertThat(ran.status()).isEqualTo(status);
            assertThat(ran.err().lines()).first().asString().contains("the current directory does not exist any more");
            assertThat(ran.err()).doesNotContain("\tat ");
        }
    }

    private static Ran withoutMemory(Path directory, String... arguments) throws Exception {
        return through(NO_MEMORY, directory, arguments);
    }

    private static Ran through(String script, Path directory, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of("sh", "-c", script));
        command.add(Walvault.launcher().toString());
        command.addAll(List.of(arguments));
        return Program.of(command).in(directory).run();
    }
}
