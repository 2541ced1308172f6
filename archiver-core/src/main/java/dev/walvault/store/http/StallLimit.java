package dev.walvault.store.http;

import java.time.Duration;

/** When a connection is given up: fewer than this many bytes per second on average over a window of waiting. */
public record StallLimit(long bytesPerSecond, Duration window) {

    /** How many bytes have to move in a window at least. */
    public long bytesPerWindow() {
        return Math.max(1, bytesPerSecond * window.toMillis() / 1000);
    }

    @Override
    public String toString() {
        return "fewer than " + bytesPerWindow() + " bytes in " + window.toMillis() / 1000.0 + " seconds";
    }
}
