package dev.walvault.seal;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** Lets threads do something one after the other, in the order of their turns, from 0 on. */
public final class Turns {
    private final Lock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int next;
    private boolean ended;

    /** Waits for all turns before this one; false if one of them will never be done. */
    boolean await(int turn) {
        lock.lock();
        try {
            while (next != turn && !ended) {
                changed.awaitUninterruptibly();
            }
            return next == turn;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the turn that was waited for. */
    void done() {
        lock.lock();
        try {
            next++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more is done by the caller: whoever waits for a turn of it waits in vain. */
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
