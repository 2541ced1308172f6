package dev.walvault.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system in memory of so many megabytes, unmounted at the end. Only root can mount one. */
record SmallDisk(Path path) implements AutoCloseable {
    static SmallDisk mount(Path path, int megabytes) throws Exception {
        run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", path.toString());
        ServerUser.current().own(path);
        return new SmallDisk(path);
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        int status = process.onExit().join().exitValue();
        assertThat(status).as(String.join(" ", command)).isZero();
    }

    void fill() throws Exception {
        try (var out = Files.newOutputStream(path.resolve("ballast"))) {
            byte[] zeros = new byte[1 << 16];
            while (true) {
                out.write(zeros);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    /** Fills it but for so many megabytes. */
    void leaveFree(int megabytes) throws IOException {
        long ballast = Files.getFileStore(path).getUsableSpace() - ((long) megabytes << 20);
        try (var out = Files.newOutputStream(path.resolve("ballast"))) {
            byte[] zeros = new byte[1 << 16];
            for (long written = 0; written < ballast; written += zeros.length) {
                out.write(zeros);
            }
        }
    }

    void free() throws Exception {
        Files.delete(path.resolve("ballast"));
    }

    @Override
    public void close() throws IOException {
        run("umount", "-l", path.toString());
    }
}
