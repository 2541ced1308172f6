package dev.walvault.store.s3;

import java.time.Duration;

/** When a connection is given up: fewer than this many bytes per second on average over a window of waiting. */
record StallLimit(long bytesPerSecond, Duration window) {

    long bytesPerWindow() {
        return Math.max(1, bytesPerSecond * window.toMillis() / 1000);
    }

    @Override
    public String toString() {
        return "fewer than " + bytesPerWindow() + " bytes in " + window.toMillis() / 1000.0 + " seconds";
    }
}
