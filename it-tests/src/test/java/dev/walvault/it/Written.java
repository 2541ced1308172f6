package dev.walvault.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** Watches how much is written, also what is gone again in the end. */
final class Written implements AutoCloseable {
    private static final long PAUSE_MILLISECONDS = 50;

    private final Measure measure;
    private final AtomicLong most = new AtomicLong();
    private final Thread thread;

    /** How many bytes there are now. */
    @FunctionalInterface
    interface Measure {
        long bytes() throws IOException;
    }

    Written(Measure measure) {
        this.measure = measure;
        this.thread = Thread.ofPlatform().daemon().name("written").start(this::watch);
    }

    /** The most that there was at any time so far. */
    long most() {
        return most.get();
    }

    /** The bytes of the file, or of all files of the directory; those that vanish meanwhile do not count. */
    static long below(Path path) throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            return files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (NoSuchFileException e) {
            return 0;
        } catch (UncheckedIOException e) {
            return 0;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void watch() {
        try {
            while (true) {
                most.accumulateAndGet(measure.bytes(), Math::max);
                Thread.sleep(PAUSE_MILLISECONDS);
            }
        } catch (InterruptedException | IOException e) {
            // nothing more to watch
        }
    }
}
