package dev.walvault.work;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.LockException;
import dev.walvault.observe.Cancellation;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Some threads for many tasks. Who submits waits while one task for each thread is queued already, so that what waits
 * is bounded. The first failure calls off all other tasks and is thrown to who submits or joins. Closing waits for the
 * threads.
 */
public final class Workers implements AutoCloseable {
    private final int places;
    private final Semaphore free;
    private final ExecutorService threads;
    private final Cancellation cancellation;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean closing;

    /** What is done by one of the threads; calls {@link #check()} now and then. */
    @FunctionalInterface
    public interface Task {
        void run() throws ArchiverException;
    }

    /** {@code name} is what the threads are called, with a number behind it. */
    public Workers(String name, int count, Cancellation cancellation) {
        this.places = 2 * count;
        this.free = new Semaphore(places);
        this.threads = Executors.newFixedThreadPool(
                count, Thread.ofPlatform().name(name + "-", 1).daemon().factory());
        this.cancellation = cancellation;
    }

    public void submit(Task task) throws ArchiverException {
        acquire(1);
        throwFailure();
        threads.execute(() -> run(task));
    }

    /** Waits until all that was submitted is done. */
    public void join() throws ArchiverException {
        acquire(places);
        free.release(places);
        throwFailure();
    }

    /** Throws when the work was called off. */
    public void check() throws LockException {
        cancellation.check();
        if (closing || failure.get() != null) {
            throw Fault.of(ErrorCode.CANCELLED, "called off").lock();
        }
    }

    @Override
    public void close() {
        closing = true;
        threads.close();
    }

    private void run(Task task) {
        try {
            check();
            task.run();
        } catch (ArchiverException | RuntimeException | Error e) {
            failure.compareAndSet(null, e);
        } finally {
            free.release();
        }
    }

    private void acquire(int permits) throws LockException {
        try {
            free.acquire(permits);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Fault.of(ErrorCode.CANCELLED, "interrupted").cause(e).lock();
        }
    }

    private void throwFailure() throws ArchiverException {
        switch (failure.get()) {
            case null -> {
                // nothing has failed so far
            }
            case ArchiverException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }
}
