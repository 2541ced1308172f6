package dev.walvault.host;

import java.nio.file.Path;

/** One path through the program whose promises must survive a crash at each of its steps. */
public record CrashPath(String name, Beginning beginning) {
    /**
     * Makes what is there before, below a directory that is empty. What is put beside that directory survives anyhow.
     */
    @FunctionalInterface
    public interface Beginning {
        Trial in(Path root) throws Exception;
    }

    /** The path gone once, or once more after a crash. */
    public interface Trial {
        /** Goes the path. It ends with a crash, or returns; a new process may go it again then. */
        void run(CrashingDisk disk) throws Exception;

        /** Asserts what must hold of what a crash has left. */
        void check(boolean returned) throws Exception;
    }
}
