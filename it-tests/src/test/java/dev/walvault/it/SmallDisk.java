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

    void free() throws Exception {
        Files.delete(path.resolve("ballast"));
    }

    @Override
    public void close() throws IOException {
        run("umount", "-l", path.toString());
    }
}
