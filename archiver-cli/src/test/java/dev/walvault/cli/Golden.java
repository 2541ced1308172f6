package dev.walvault.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files of the repository that must be what the program says; {@code -Dwalvault.regenerate=true} writes them anew. */
final class Golden {
    private Golden() {}

    static void check(Path file, String actual) throws IOException {
        if (Boolean.getBoolean("walvault.regenerate")) {
            Files.writeString(file, actual);
        }
        assertThat(actual)
                .as("%s is not up to date; run the test with -Dwalvault.regenerate=true", file)
                .isEqualTo(Files.exists(file) ? Files.readString(file) : "");
    }
}
