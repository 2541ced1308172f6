package dev.walvault.cli;

import dev.walvault.ErrorCode;
import dev.walvault.observe.Cancellation;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * While it is open, SIGINT and SIGTERM call the work off, and the program ends when that has cleaned up behind itself.
 */
final class Signals implements AutoCloseable {
    private static final Duration LONGEST_CLEAN_UP = Duration.ofSeconds(10);
    private static final Duration LONGEST_LAST_WORD = Duration.ofSeconds(1);

    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile int status = ErrorCode.CANCELLED.exitStatus();

    private Signals() {}

    /** {@code tooLong} is run when the work has not ended in time, just before the program ends all the same. */
    static Signals cancel(Cancellation cancellation, Runnable tooLong) {
        var signals = new Signals();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> signals.onShutdown(cancellation, tooLong), "signals"));
        return signals;
    }

    /**
     * What the run ended with, which is what the program will end with: a signal that comes too late to call the work
     * off changes nothing.
     */
    int ended(int status) {
        this.status = status;
        return status;
    }

    private void onShutdown(Cancellation cancellation, Runnable tooLong) {
        if (finished.getCount() == 0) {
            // the ordinary end
            return;
        }
        cancellation.cancel();
        try {
            if (!finished.await(LONGEST_CLEAN_UP.toSeconds(), TimeUnit.SECONDS)) {
                sayWithin(LONGEST_LAST_WORD, tooLong);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        // otherwise the status would be Java's own for signals
        Runtime.getRuntime().halt(status);
    }

    /** Where nobody reads what the program prints, a thread that prints waits for ever. */
    private static void sayWithin(Duration longest, Runnable words) throws InterruptedException {
        var speaker = new Thread(words, "last word");
        speaker.setDaemon(true);
        speaker.start();
        speaker.join(longest);
    }

    @Override
    public void close() {
        finished.countDown();
    }
}
