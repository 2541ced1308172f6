package dev.walvault.pg;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A process that is a server by its name and its working directory, and by nothing else. */
public final class RunningServer implements AutoCloseable {
    private final Process process;

    private RunningServer(Process process) {
        this.process = process;
    }

    /**
     * Starts one.
     *
     * @param programs a directory for the program
     */
    public static RunningServer start(Path programs, Path dataDirectory) throws IOException {
        Path program = programs.resolve("postgres");
        if (!Files.exists(program)) {
            Files.copy(Path.of("/bin/sleep"), program, StandardCopyOption.COPY_ATTRIBUTES);
        }
        return new RunningServer(new ProcessBuilder(program.toString(), "600")
                .directory(dataDirectory.toFile())
                .start());
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
