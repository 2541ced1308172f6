package dev.walvault.it.benchmark;

import dev.walvault.it.Condition;
import dev.walvault.it.Program;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;

/** What a contender leaves running must not disturb the next one's turn. */
final class Background {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private Background() {}

    /**
     * Waits until no process but the servers has a path of the workspace in its command line, then until all is on the
     * disk.
     */
    static void settle(Path workspace) throws IOException, SQLException, InterruptedException {
        Condition.await(
                "no program runs on in the background",
                PATIENCE,
                () -> ProcessHandle.allProcesses().noneMatch(process -> belongsTo(process, workspace)));
        sync();
    }

    /** Waits until all is on the disk. */
    static void sync() throws IOException, InterruptedException {
        Program.of("sync").run().orThrow();
    }

    private static boolean belongsTo(ProcessHandle process, Path workspace) {
        String line = process.info().commandLine().orElse("");
        return line.contains(workspace.toString()) && !line.contains("bin/postgres ");
    }
}
