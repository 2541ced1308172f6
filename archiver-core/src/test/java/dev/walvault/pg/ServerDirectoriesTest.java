package dev.walvault.pg;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerDirectoriesTest {
    @TempDir
    private Path directory;

    private Path data = Path.of("unset");

    @BeforeEach
    void aServerWithALinkForEachKind() throws Exception {
        Path real = Files.createDirectories(directory.resolve("real"));
        Files.createDirectories(real.resolve("pg_tblspc"));
        data = Files.createSymbolicLink(directory.resolve("data"), real);
        Files.createSymbolicLink(data.resolve("pg_wal"), Files.createDirectory(directory.resolve("wal")));
        Files.createSymbolicLink(data.resolve("pg_tblspc/16400"), Files.createDirectory(directory.resolve("ts")));
        Files.createSymbolicLink(data.resolve("pg_tblspc/16401"), directory.resolve("gone"));
    }

    @Test
    void whatLiesInOneOfThemIsFoundThroughLinksAndBeforeItIsMade() throws Exception {
        ServerDirectories directories = ServerDirectories.of(data);
        Files.createSymbolicLink(directory.resolve("link"), directory.resolve("ts"));

        for (String inside : new String[] {"data", "real/a/b", "wal/vault", "ts", "link/deeper"}) {
            assertThat(directories.containing(directory.resolve(inside)))
                    .as(inside)
                    .isPresent();
        }
        for (String outside : new String[] {"", "realm", "vault", "data/../vault", "gone/vault"}) {
            assertThat(directories.containing(directory.resolve(outside)))
                    .as(outside)
                    .isEmpty();
        }
    }

    @Test
    void aDataDirectoryThatIsNotHereHoldsNothing() throws Exception {
        assertThat(ServerDirectories.of(directory.resolve("nowhere")).containing(directory))
                .isEmpty();
    }
}
