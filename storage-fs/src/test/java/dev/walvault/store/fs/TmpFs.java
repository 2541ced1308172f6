package dev.walvault.store.fs;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small file system in memory, for tests of full, read-only and missing ones; only root can have it. */
final class TmpFs implements AutoCloseable {
    private final Path mountPoint;
    private boolean mounted;

    private TmpFs(Path mountPoint) {
        this.mountPoint = mountPoint;
    }

    /** Skips the test where mounting is not permitted. */
    static TmpFs mount(Path mountPoint, String options) throws Exception {
        var fileSystem = new TmpFs(Files.createDirectories(mountPoint));
        fileSystem.mounted = run("mount", "-t", "tmpfs", "-o", options, "tmpfs", mountPoint.toString());
        assumeTrue(fileSystem.mounted, "may not mount a tmpfs here");
        return fileSystem;
    }

    Path path() {
        return mountPoint;
    }

    void makeReadOnly() throws Exception {
        require(run("mount", "-o", "remount,ro", mountPoint.toString()));
    }

    void unmount() throws Exception {
        require(run("umount", mountPoint.toString()));
        mounted = false;
    }

    @Override
    public void close() throws IOException {
        if (mounted) {
            try {
                run("umount", "-l", mountPoint.toString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void require(boolean done) {
        if (!done) {
            throw new IllegalStateException("mount failed");
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException noSuchProgram) {
            return false;
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        boolean done = process.waitFor() == 0;
        if (!done) {
            System.err.print(output);
        }
        return done;
    }
}
