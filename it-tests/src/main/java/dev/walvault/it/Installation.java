package dev.walvault.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A copy of a packaged walvault, for a JVM or native, where the {@link ServerUser} can read it: the clone may lie where
 * it cannot.
 */
public record Installation(Path home) {
    /** Copies what a build has packaged in {@code built} into the workspace's directory of this name. */
    public static Installation copy(Path built, Workspace workspace, String name) throws IOException {
        var home = workspace.directory(name);
        for (String part : List.of("bin", "lib")) {
            var folder = workspace.directory(name + "/" + part);
            try (Stream<Path> files = Files.list(built.resolve(part))) {
                for (Path file : files.toList()) {
                    var target = folder.resolve(file.getFileName());
                    Files.copy(file, target);
                    ServerUser.current().own(target);
                }
            }
        }
        var installation = new Installation(home);
        if (!installation.launcher().toFile().setExecutable(true, false)) {
            throw new IOException("cannot make \"" + installation.launcher() + "\" executable");
        }
        return installation;
    }

    public Path launcher() {
        return home.resolve("bin/walvault");
    }
}
