package dev.walvault.backup;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * So many threads that all do the same until there is nothing left to do; the first failure is the result, once all
 * have ended.
 */
record Workers(int count) {
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    /**
     * {@code meanwhile} is run now and then by the caller's thread while the others work, and may fail as well. {@code
     * onFailure} is run by each thread that fails, and should let the others find nothing left to do.
     */
    void run(Work work, Work meanwhile, Runnable onFailure) throws IOException {
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tasks.add(() -> {
                boolean done = false;
                try {
                    work.run();
                    done = true;
                    return null;
                } finally {
                    if (!done) {
                        onFailure.run();
                    }
                }
            });
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
            List<Future<Void>> all = new ArrayList<>();
            tasks.forEach(task -> all.add(threads.submit(task)));
            for (Future<Void> each : all) {
                await(each, meanwhile, onFailure);
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException known -> throw known;
                case RuntimeException known -> throw known;
                case Error known -> throw known;
                case null, default -> throw new IllegalStateException(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Fault.of(ErrorCode.CANCELLED, "interrupted").cause(e).lock();
        }
    }

    private static void await(Future<Void> work, Work meanwhile, Runnable onFailure)
            throws IOException, ExecutionException, InterruptedException {
        while (true) {
            try {
                work.get(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException _) {
                boolean done = false;
                try {
                    meanwhile.run();
                    done = true;
                } finally {
                    if (!done) {
                        onFailure.run();
                    }
                }
            }
        }
    }
}
