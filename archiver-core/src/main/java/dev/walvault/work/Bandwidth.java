package dev.walvault.work;

import dev.walvault.LockException;
import dev.walvault.PassingInput;
import dev.walvault.observe.Pause;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;

/**
 * Bytes per second in one direction, to a network or to a disk. Threads that share the limit share the object: whoever
 * moves bytes waits until they have had their time. Time in which nothing was moved is not saved up.
 */
public final class Bandwidth {
    /** Shorter waits are gathered: a thread cannot sleep for microseconds. */
    private static final Duration GRAIN = Duration.ofMillis(10);

    /** The most that a stream moves at once, so that a slow one goes on evenly and can be interrupted. */
    private static final int PIECE = 64 * 1024;

    private static final double NANOS = 1e9;

    private final OptionalLong bytesPerSecond;
    private final InstantSource clock;
    private final Pause pause;
    /** When everything that was taken so far has had its time. */
    private Instant free = Instant.MIN;

    /**
     * A limit of its own.
     *
     * @param bytesPerSecond at least 1; empty for no limit
     * @param clock should not jump when the system's clock is set
     */
    public Bandwidth(OptionalLong bytesPerSecond, InstantSource clock, Pause pause) {
        this.bytesPerSecond = bytesPerSecond;
        this.clock = clock;
        this.pause = pause;
    }

    /** No limit: nobody waits. */
    public static Bandwidth unlimited() {
        return new Bandwidth(OptionalLong.empty(), InstantSource.system(), Pause.SLEEP);
    }

    /** Waits until {@code bytes} more may have been moved. */
    public void take(int bytes) throws LockException {
        if (bytesPerSecond.isEmpty() || bytes <= 0) {
            return;
        }
        Duration wait = reserve(bytes, bytesPerSecond.getAsLong());
        if (wait.compareTo(GRAIN) >= 0) {
            pause.sleep(wait);
        }
    }

    private synchronized Duration reserve(int bytes, long rate) {
        Instant now = clock.instant();
        Instant from = free.isAfter(now) ? free : now;
        free = from.plusNanos((long) (bytes * NANOS / rate));
        return Duration.between(now, free);
    }

    /** A stream with the same content that is read no faster than this; closing it closes {@code in}. */
    public InputStream limit(InputStream in) {
        return bytesPerSecond.isEmpty() ? in : new LimitedInput(in);
    }

    /** A stream to the same place that is written no faster than this; closing it closes {@code out}. */
    public OutputStream limit(OutputStream out) {
        return bytesPerSecond.isEmpty() ? out : new LimitedOutput(out);
    }

    private final class LimitedInput extends PassingInput {
        LimitedInput(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int count = in.read(into, from, Math.min(length, PIECE));
            take(count);
            return count;
        }
    }

    private final class LimitedOutput extends FilterOutputStream {
        LimitedOutput(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            take(1);
            out.write(b);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            for (int done = 0; done < length; ) {
                int count = Math.min(PIECE, length - done);
                take(count);
                out.write(bytes, from + done, count);
                done += count;
            }
        }
    }
}
