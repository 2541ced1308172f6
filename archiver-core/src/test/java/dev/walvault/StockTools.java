package dev.walvault;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Programs of the distribution that tests call as a second opinion; {@code fetch-tools} brings those that are not
 * installed.
 */
public final class StockTools {
    private StockTools() {}

    /** Where the program is; a machine without it fails the test, by name. */
    public static Path find(String program) {
        String fetched = System.getProperty("walvault.test-tools", "");
        String places = System.getenv("PATH") + File.pathSeparator + fetched + "/usr/bin";
        for (String place : places.split(File.pathSeparator, -1)) {
            Path candidate = Path.of(place, program);
            if (Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        throw new AssertionError("this test needs the program \"" + program
                + "\": install it (Debian: apt-get install age openssl zstd lz4 gzip xz-utils brotli xxhash)");
    }
}
