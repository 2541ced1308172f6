package dev.walvault.it;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the clone lies that this class was built in. */
public final class Project {
    private Project() {}

    public static Path directory() {
        return Found.DIRECTORY;
    }

    private static Path find() {
        try {
            var source = Path.of(Project.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            for (Path at = source; at != null; at = at.getParent()) {
                if (Files.exists(at.resolve("it-tests/pom.xml"))) {
                    return at;
                }
            }
            throw new IllegalStateException("\"" + source + "\" is in no clone of walvault");
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Found {
        static final Path DIRECTORY = find();
    }
}
