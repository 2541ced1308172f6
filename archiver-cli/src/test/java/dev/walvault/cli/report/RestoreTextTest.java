package dev.walvault.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.cli.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command that a restored server gets its WAL by. */
class RestoreTextTest {
    @TempDir
    Path directory;

    private String command(Optional<String> only, Map<String, String> environment) throws Exception {
        Path file =
                Files.writeString(directory.resolve("w.toml"), "vault = [\"file:///one\", \"file:///two%20100\"]\n");
        Settings settings = Settings.load(Optional.of(file), environment, directory);
        return RestoreText.restoreCommand(settings, only, "walvault").replace(file.toString(), "FILE");
    }

    @Test
    void itAsksWhatTheConfigurationNames() throws Exception {
        assertThat(command(Optional.empty(), Map.of())).isEqualTo("walvault --config FILE archive-get %f %p");
        assertThat(command(Optional.empty(), Map.of("WALVAULT_VAULT", "file:///three")))
                .isEqualTo("WALVAULT_VAULT=file:///three walvault --config FILE archive-get %f %p");
    }

    /** Another vault may hold another branch. */
    @Test
    void afterARestoreFromOneVaultItAsksThatOneOnly() throws Exception {
        String expected = "WALVAULT_VAULT=file:///two%%20100 walvault --config FILE archive-get %f %p";

        assertThat(command(Optional.of("file:///two%20100"), Map.of())).isEqualTo(expected);
        assertThat(command(Optional.of("file:///two%20100"), Map.of("WALVAULT_VAULT", "file:///one,file:///two%20100")))
                .isEqualTo(expected);
    }
}
