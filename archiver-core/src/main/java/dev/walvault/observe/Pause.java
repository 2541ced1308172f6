package dev.walvault.observe;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.LockException;
import java.time.Duration;

/** Waiting, so that tests need not. */
@FunctionalInterface
public interface Pause {
    Pause SLEEP = duration -> {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Fault.of(ErrorCode.CANCELLED, "interrupted while waiting")
                    .cause(e)
                    .lock();
        }
    };

    void sleep(Duration duration) throws LockException;
}
