package dev.walvault.work;

import dev.walvault.observe.Pause;
import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;

/**
 * How fast one command may read from the disks of this host and write to them, all its threads together. The data
 * directory counts, and so does a vault that is a directory.
 */
public record DiskLimits(Bandwidth reads, Bandwidth writes) {

    /** No limits. */
    public static DiskLimits none() {
        return of(OptionalLong.empty(), OptionalLong.empty());
    }

    /** Limits in bytes per second; empty for none. */
    public static DiskLimits of(OptionalLong readsPerSecond, OptionalLong writesPerSecond) {
        // a clock that is set back must not stop everybody for as long
        long begin = System.nanoTime();
        InstantSource steady = () -> Instant.EPOCH.plusNanos(System.nanoTime() - begin);
        return new DiskLimits(
                new Bandwidth(readsPerSecond, steady, Pause.SLEEP),
                new Bandwidth(writesPerSecond, steady, Pause.SLEEP));
    }
}
