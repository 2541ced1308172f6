package dev.walvault.cli;

import dev.walvault.cli.settings.SettingsText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReferencePagesTest {
    private static final Path DOCS = Path.of("..", "docs");

    @Test
    void thePageOfSettingsIsPrintedFromTheTable() throws IOException {
        Golden.check(DOCS.resolve("CONFIGURATION.md"), SettingsText.markdown());
    }

    @Test
    void thePageOfExitStatusesIsPrintedFromTheTable() throws IOException {
        Golden.check(DOCS.resolve("EXIT_STATUS.md"), ExitStatusText.markdown());
    }

    @Test
    void theTableOfS3OptionsIsPrintedFromTheTable() throws IOException {
        Path page = DOCS.resolve("S3.md");
        Golden.check(page, S3OptionsText.inPage(Files.readString(page)));
    }
}
