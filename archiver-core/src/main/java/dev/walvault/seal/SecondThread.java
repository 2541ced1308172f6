package dev.walvault.seal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Does one thing while the caller's thread does another. */
final class SecondThread implements AutoCloseable {
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("sealing").daemon().factory());

    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    /** Returns when both are done, and throws what either threw: the caller's first. */
    void together(Work here, Work there) throws IOException {
        var done = CompletableFuture.runAsync(() -> unchecked(there), thread);
        try {
            here.run();
        } finally {
            // however this one ended, what both use may be closed only when the other has ended too
            done.exceptionally(_ -> null).join();
        }
        try {
            done.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case UncheckedIOException thrown -> throw thrown.getCause();
                case RuntimeException thrown -> throw thrown;
                case Error thrown -> throw thrown;
                case null, default -> throw e;
            }
        }
    }

    private static void unchecked(Work work) {
        try {
            work.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        thread.close();
    }
}
