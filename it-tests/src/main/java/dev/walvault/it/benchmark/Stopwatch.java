package dev.walvault.it.benchmark;

import dev.walvault.it.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Runs shell commands as the server's user and tells what they needed. */
final class Stopwatch {
    private static final Path TIME = Path.of("/usr/bin/time");
    private static final Duration DEADLINE = Duration.ofMinutes(20);

    private Stopwatch() {}

    /**
     * The milliseconds from starting the command to its end, by bash's own clock, so that starting bash and dropping
     * root are no part of it.
     *
     * @throws IllegalStateException with all that was printed, if the command fails
     */
    static double millis(Path directory, String command) throws IOException, InterruptedException {
        String script = "started=$EPOCHREALTIME\n{ " + command + "\n} >&2\nstatus=$?\nended=$EPOCHREALTIME\n"
                + "echo $((${ended/./} - ${started/./}))\nexit $status";
        var ran = Program.of("bash", "-c", script).in(directory).run(DEADLINE).orThrow();
        return Long.parseLong(ran.out().strip()) / 1000.0;
    }

    /** The seconds that processors were busy with the command, all of its threads together. */
    static double processorSeconds(Path directory, String command) throws IOException, InterruptedException {
        String script = "TIMEFORMAT='busy %U %S'\ntime { " + command + "\n}";
        String[] last = lastLine(Program.of("bash", "-c", script)
                        .in(directory)
                        .run(DEADLINE)
                        .orThrow()
                        .err())
                .split(" ", -1);
        return Double.parseDouble(last[1]) + Double.parseDouble(last[2]);
    }

    /** Whether {@link #peakMegabytes} has what it needs: GNU time. */
    static boolean seesMemory() {
        return Files.isExecutable(TIME);
    }

    /**
     * The most memory that a process of the command had resident at once, in MiB. What runs on in the background is not
     * seen.
     */
    static double peakMegabytes(Path directory, String command) throws IOException, InterruptedException {
        var ran = Program.of(TIME.toString(), "-q", "-f", "peak %M", "sh", "-c", command)
                .in(directory)
                .run(DEADLINE)
                .orThrow();
        return Long.parseLong(lastLine(ran.err()).replace("peak ", "")) / 1024.0;
    }

    private static String lastLine(String text) {
        return text.lines().reduce("", (_, line) -> line);
    }
}
