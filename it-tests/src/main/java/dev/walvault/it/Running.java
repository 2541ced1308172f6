package dev.walvault.it;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A program in the background. Closing kills it. */
public final class Running implements Closeable {
    private static final Duration TO_DIE = Duration.ofSeconds(30);

    private final List<String> command;
    private final Process process;
    private final Path out;
    private final Path err;
    private final List<Path> temporary;
    private final long started = System.nanoTime();

    Running(List<String> command, Process process, Path out, Path err, List<Path> temporary) {
        this.command = List.copyOf(command);
        this.process = process;
        this.out = out;
        this.err = err;
        this.temporary = List.copyOf(temporary);
        Cleanup.register(this);
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** What it printed so far. */
    public String out() throws IOException {
        return read(out);
    }

    /** What it complained of so far. */
    public String err() throws IOException {
        return read(err);
    }

    /** Waits for the end. */
    public Ran await(Duration deadline) throws IOException, InterruptedException {
        if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
            kill();
            throw new IllegalStateException("killed after %d s: %s%n%s%s"
                    .formatted(deadline.toSeconds(), String.join(" ", command), out(), err()));
        }
        return new Ran(command, process.exitValue(), out(), err(), Duration.ofNanos(System.nanoTime() - started));
    }

    /** kill -9, with everything it started, and waits until they are gone. */
    public void kill() throws IOException {
        kill(process.toHandle());
    }

    static void kill(ProcessHandle root) throws IOException {
        try (Stream<ProcessHandle> children = root.descendants()) {
            var family = Stream.concat(Stream.of(root), children).toList();
            family.forEach(ProcessHandle::destroyForcibly);
            long end = System.nanoTime() + TO_DIE.toNanos();
            while (family.stream().anyMatch(ProcessHandle::isAlive)) {
                if (System.nanoTime() - end > 0) {
                    throw new IOException("process " + root.pid() + " survives kill -9");
                }
                Thread.sleep(5);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while killing process " + root.pid(), e);
        }
    }

    /** SIGSTOP to the program and everything it started, until {@link #resume}; nothing if it has ended. */
    public void suspend() throws IOException, InterruptedException {
        // the program first: what is suspended starts nothing more
        signal("STOP", Stream.of(process.toHandle()));
        signal("STOP", process.descendants());
    }

    /** Lets it go on after {@link #suspend}. */
    public void resume() throws IOException, InterruptedException {
        signal("CONT", Stream.concat(process.descendants(), Stream.of(process.toHandle())));
    }

    /** Sends a signal to those of these processes that still live. */
    static void signal(String name, Stream<ProcessHandle> processes) throws IOException, InterruptedException {
        String living = processes
                .filter(ProcessHandle::isAlive)
                .map(handle -> Long.toString(handle.pid()))
                .collect(Collectors.joining(" "));
        if (!living.isEmpty()) {
            // one that ends just now is as good as gone, and kill complains of it
            Program.of("sh", "-c", "kill -" + name + " " + living + " 2>/dev/null || true")
                    .run()
                    .orThrow();
        }
    }

    /** SIGTERM to the program alone. */
    public void terminate() {
        process.destroy();
    }

    @Override
    public void close() throws IOException {
        if (process.isAlive()) {
            kill();
        }
        Cleanup.forget(this);
        for (Path file : temporary) {
            Files.deleteIfExists(file);
        }
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
