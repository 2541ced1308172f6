package dev.walvault.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.pg.WalFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalStateTest {
    private static final WalFile FILE = WalFile.parse("000000010000000000000007");

    @TempDir
    Path directory;

    private LocalState state() {
        return LocalState.in(
                directory.resolve("state"), Clock.fixed(Instant.parse("2026-11-29T12:00:00Z"), ZoneOffset.UTC));
    }

    private Path only() throws Exception {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
    }

    /** A planted mark would tell a server that the WAL ends here. */
    @ParameterizedTest
    @ValueSource(strings = {"", "absent", "file"})
    void anAbsenceThatOthersCouldHaveWrittenIsNotBelieved(String open) throws Exception {
        state().absences().mark("vault", FILE);
        assertThat(state().absences().lately("vault", FILE)).isTrue();

        Path writable =
                open.equals("file") ? only() : directory.resolve("state").resolve(open);
        Files.setPosixFilePermissions(writable, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThat(state().absences().lately("vault", FILE)).isFalse();
    }

    @Test
    void aMarkThatOthersCouldHaveWrittenIsReplaced() throws Exception {
        state().absences().mark("vault", FILE);
        Files.setPosixFilePermissions(only(), PosixFilePermissions.fromString("rw-rw-rw-"));

        state().absences().mark("vault", FILE);

        assertThat(state().absences().lately("vault", FILE)).isTrue();
        assertThat(Files.getPosixFilePermissions(only())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
}
