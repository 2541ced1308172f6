package dev.walvault.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A directory into which dpkg installs as if it were the system's root, with a database of its own, in which nothing
 * else is installed. Where this JVM is not root, dpkg cannot, and packages are only unpacked there.
 */
final class DebianRoot {
    private static final Path DATABASE = Path.of("var/lib/dpkg");

    private final Path root;

    private DebianRoot(Path root) {
        this.root = root;
    }

    static DebianRoot in(Workspace workspace, String name) throws IOException {
        var root = workspace.directory(name);
        for (String part : List.of("info", "triggers", "updates")) {
            Files.createDirectories(root.resolve(DATABASE).resolve(part));
        }
        Files.createFile(root.resolve(DATABASE).resolve("status"));
        return new DebianRoot(root);
    }

    /** Whether packages are installed with all that they do then, and so can be removed. */
    static boolean installs() {
        return ServerUser.current().isDropped();
    }

    void install(Path deb) throws IOException, InterruptedException {
        if (installs()) {
            // what it depends on is in the real root
            dpkg("--force-depends", "--install", deb.toString());
        } else {
            run(List.of("dpkg-deb", "--extract", deb.toString(), root.toString()));
        }
    }

    void purge(String name) throws IOException, InterruptedException {
        dpkg("--purge", name);
    }

    Path path(String relative) {
        return root.resolve(relative);
    }

    /** All that is no directory and not dpkg's own. */
    List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)
                            && !file.startsWith(root.resolve(DATABASE)))
                    .toList();
        }
    }

    private void dpkg(String... arguments) throws IOException, InterruptedException {
        // there is no shell in this root that could run the package's scripts
        var command =
                new ArrayList<>(List.of("dpkg", "--root=" + root, "--log=/dev/null", "--force-script-chrootless"));
        command.addAll(List.of(arguments));
        run(command);
    }

    private void run(List<String> command) throws IOException, InterruptedException {
        var log = root.resolveSibling(root.getFileName() + ".log");
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        var process = builder.start();
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IllegalStateException(String.join(" ", command) + " failed:\n" + Files.readString(log));
        }
    }
}
