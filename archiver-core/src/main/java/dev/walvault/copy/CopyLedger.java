package dev.walvault.copy;

import dev.walvault.ArchiverException;
import dev.walvault.observe.Listener;
import dev.walvault.observe.Progress;
import dev.walvault.vault.BackupId;
import java.util.ArrayList;
import java.util.List;

/** Counts what was done, and says so. Safe for several threads. */
final class CopyLedger {
    private final Listener listener;
    private final List<BackupId> backups = new ArrayList<>();
    private final List<BackupId> incomplete = new ArrayList<>();
    private final List<ArchiverException> problems = new ArrayList<>();
    private final List<LeftOut> leftOut = new ArrayList<>();
    private long objectsCopied;
    private long bytesCopied;
    private long objectsThere;
    private long bytesDone;
    private long bytesTotal;

    CopyLedger(Listener listener) {
        this.listener = listener;
    }

    /** So much more is to be looked at. */
    synchronized void expect(long bytes) {
        bytesTotal += bytes;
    }

    synchronized void copied(long bytes) {
        objectsCopied++;
        bytesCopied += bytes;
        done(bytes);
    }

    synchronized void there(long bytes) {
        objectsThere++;
        done(bytes);
    }

    private void done(long bytes) {
        bytesDone += bytes;
        listener.on(new Progress(objectsCopied + objectsThere, bytesDone, bytesTotal));
    }

    synchronized void problem(ArchiverException problem) {
        problems.add(problem);
        listener.on(new CopyEvent.NotCopied(problem));
    }

    synchronized void leftOut(LeftOut left) {
        leftOut.add(left);
        listener.on(new CopyEvent.TimelineLeftOut(left));
    }

    synchronized void backup(BackupId id) {
        backups.add(id);
    }

    synchronized void incomplete(BackupId id) {
        incomplete.add(id);
        listener.on(new CopyEvent.BackupIncomplete(id));
    }

    synchronized CopyReport report() {
        return new CopyReport(objectsCopied, bytesCopied, objectsThere, backups, incomplete, leftOut, problems);
    }
}
