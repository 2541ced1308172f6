package dev.walvault.cli;

import dev.walvault.cli.settings.SettingsText;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReferencePagesTest {
    private static final Path PAGES = Path.of("..", "docs", "reference");

    @Test
    void thePageOfCommandsIsPrintedFromTheirHelp() throws IOException {
        Golden.check(PAGES.resolve("commands.md"), CommandsText.markdown());
    }

    @Test
    void thePageOfSettingsIsPrintedFromTheTable() throws IOException {
        Golden.check(PAGES.resolve("configuration.md"), SettingsText.markdown());
    }

    @Test
    void thePageOfExitStatusesIsPrintedFromTheTable() throws IOException {
        Golden.check(PAGES.resolve("exit-status.md"), ExitStatusText.markdown());
    }

    @Test
    void thePageOfS3OptionsIsPrintedFromTheTable() throws IOException {
        Golden.check(PAGES.resolve("s3-options.md"), S3OptionsText.markdown());
    }
}
