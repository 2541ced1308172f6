package dev.walvault.store.http;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A thread that looks at all exchanges every now and then: a write to a socket has no time-out of its own in Java. */
public final class Watchdog implements AutoCloseable {
    private final Duration every;
    private final Set<Exchange> exchanges = ConcurrentHashMap.newKeySet();
    private @Nullable Thread thread;

    /** Looks several times within the window of the limit. */
    public Watchdog(StallLimit limit) {
        long millis = Math.clamp(limit.window().toMillis() / 8, 10, 250);
        this.every = Duration.ofMillis(millis);
    }

    /** From now on until it is forgotten; the thread begins with the first one. */
    public void watch(Exchange exchange) {
        exchanges.add(exchange);
        start();
    }

    /** It has ended. */
    public void forget(Exchange exchange) {
        exchanges.remove(exchange);
    }

    private synchronized void start() {
        if (thread == null) {
            thread = Thread.ofPlatform().daemon().name("walvault-watchdog").start(this::look);
        }
    }

    private void look() {
        try {
            while (true) {
                Thread.sleep(every);
                exchanges.forEach(Exchange::check);
            }
        } catch (InterruptedException _) {
            // closed
        }
    }

    @Override
    public synchronized void close() {
        if (thread != null) {
            thread.interrupt();
        }
    }
}
