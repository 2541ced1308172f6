package dev.walvault.it;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What is still open when the JVM ends, closed last in, first out: processes before the directories they work in. */
final class Cleanup {
    private static final Deque<Closeable> OPEN = new ArrayDeque<>();

    private Cleanup() {}

    static synchronized void register(Closeable resource) {
        if (OPEN.isEmpty()) {
            Hook.install();
        }
        OPEN.push(resource);
    }

    static synchronized void forget(Closeable resource) {
        OPEN.remove(resource);
    }

    private static synchronized List<Closeable> open() {
        return new ArrayList<>(OPEN);
    }

    @SuppressWarnings("CatchAndPrintStackTrace")
    private static void closeAll() {
        for (Closeable resource : open()) {
            try {
                resource.close();
            } catch (IOException e) {
                e.printStackTrace();
            }
        }
    }

    private static final class Hook {
        static {
            Runtime.getRuntime().addShutdownHook(new Thread(Cleanup::closeAll, "it-cleanup"));
        }

        static void install() {}
    }
}
