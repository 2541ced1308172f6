package dev.walvault.observe;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.LockException;
import java.util.ArrayList;
import java.util.List;

/** A wish to stop, made by one thread and found by those that work, at the next place where stopping is clean. */
public final class Cancellation {
    private final List<Runnable> actions = new ArrayList<>();
    private volatile boolean wished;

    /** Makes the wish, and does what was asked for then. */
    public void cancel() {
        List<Runnable> due;
        synchronized (actions) {
            wished = true;
            due = List.copyOf(actions);
            actions.clear();
        }
        due.forEach(Runnable::run);
    }

    /**
     * Asks for something to be done once somebody wishes to stop, by that thread: for work that waits where it cannot
     * look. It is done at once if somebody has wished so before.
     */
    public void onCancel(Runnable action) {
        synchronized (actions) {
            if (!wished) {
                actions.add(action);
                return;
            }
        }
        action.run();
    }

    /** Throws CANCELLED once somebody wished to stop. */
    public void check() throws LockException {
        if (wished) {
            throw Fault.of(ErrorCode.CANCELLED, "interrupted").lock();
        }
    }
}
