package dev.walvault.observe;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.LockException;

/** A wish to stop, made by one thread and found by those that work, at the next place where stopping is clean. */
public final class Cancellation {
    private volatile boolean wished;

    public void cancel() {
        wished = true;
    }

    /** Throws CANCELLED once somebody wished to stop. */
    public void check() throws LockException {
        if (wished) {
            throw Fault.of(ErrorCode.CANCELLED, "interrupted").lock();
        }
    }
}
