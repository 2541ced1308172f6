package dev.walvault.archive;

import dev.walvault.ArchiverException;
import dev.walvault.host.LocalFiles;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.Listener;
import dev.walvault.pg.WalFile;
import dev.walvault.vault.MemberKeys;
import dev.walvault.work.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Stores what a server has queued behind the file it asked for, several at a time, and acknowledges each when the
 * server asks for it: at once, because it is stored already.
 *
 * <p>What fails ahead is not told: it is tried again when the server asks for it, and told then. A file that fails lets
 * no further one begin.
 */
final class LookAhead {
    private final StoredAhead stored;
    private final LocalState state;
    private final LookAheadLimits limits;
    private final int largestInMemory;
    private final Duration beginning;
    private final Listener listener;

    /** How one file is stored, in any thread. */
    interface Storing {
        Delivered store(Path file) throws ArchiverException;
    }

    /**
     * For several calls.
     *
     * @param largestInMemory the most bytes of one file that storing it holds
     * @param beginning for how long files are begun; the server waits for its answer meanwhile
     */
    LookAhead(
            StoredAhead stored,
            LocalState state,
            LookAheadLimits limits,
            int largestInMemory,
            Duration beginning,
            Listener listener) {
        this.stored = stored;
        this.state = state;
        this.limits = limits;
        this.largestInMemory = largestInMemory;
        this.beginning = beginning;
        this.listener = listener;
    }

    /**
     * The keys under which this very file was stored ahead: it is durable in as many vaults as are demanded, and the
     * others owe it. Answers so once: who asks again has it compared with what is stored.
     */
    Optional<MemberKeys> acknowledged(Path file) {
        if (limits.files() == 0) {
            return Optional.empty();
        }
        try {
            return stored.take(state.acknowledgements(directoryOf(file)), file);
        } catch (IOException _) {
            // what is wrong is told when the file is stored
            return Optional.empty();
        }
    }

    private static Path directoryOf(Path file) {
        return file.resolveSibling("");
    }

    /**
     * Stores what is queued behind a file that was just stored; returns when all that was begun is done. Does nothing
     * unless the server has queued the file, and this call was the first to store anything under its name: then nobody
     * else has gone on from there on its timeline. A server that was started from old files is refused at its first
     * file that differs, and must not get another one in before that.
     */
    void storeWhatFollows(Path file, WalFile asked, Delivered delivered, Storing storing) {
        if (limits.files() == 0 || !beginsTheRest(asked) || !delivered.isNewEverywhere()) {
            return;
        }
        var ready = ReadyFiles.of(directoryOf(file));
        if (!ready.contains(asked.name())) {
            return;
        }
        try {
            List<WalFile> following = following(ready, asked);
            if (!following.isEmpty()) {
                var spool = state.acknowledgements(directoryOf(file));
                spool.require();
                spool.forgetUnless(ready::contains);
                new Batch(directoryOf(file), spool, delivered, storing).store(following);
            }
        } catch (IOException e) {
            warn(LocalFiles.cannot("use", state.directory(), e));
        }
    }

    /** Only these are archived in an order that tells whether another server was here. */
    private static boolean beginsTheRest(WalFile asked) {
        return switch (asked) {
            case WalFile.Segment _, WalFile.TimelineHistoryFile _ -> true;
            case WalFile.Partial _, WalFile.BackupHistoryFile _ -> false;
        };
    }

    /** Histories, each of which decides whose its timeline is; and what is on a timeline for which that is decided. */
    private List<WalFile> following(ReadyFiles ready, WalFile asked) throws IOException {
        List<WalFile> first = ready.first(
                limits.files(),
                file -> !file.equals(asked)
                        && (isHistory(file) || file.timeline().equals(asked.timeline())));
        boolean undecided = first.contains(new WalFile.TimelineHistoryFile(asked.timeline()));
        return undecided ? first.stream().filter(LookAhead::isHistory).toList() : first;
    }

    private static boolean isHistory(WalFile file) {
        return file instanceof WalFile.TimelineHistoryFile;
    }

    private void warn(ArchiverException reason) {
        listener.on(new ArchiveEvent.LookAheadFailed(reason));
    }

    /** What one call stores ahead. */
    private final class Batch {
        private final Path walDirectory;
        private final Acknowledgements spool;
        private final Delivered before;
        private final Storing storing;
        private final long begun = System.nanoTime();

        Batch(Path walDirectory, Acknowledgements spool, Delivered before, Storing storing) {
            this.walDirectory = walDirectory;
            this.spool = spool;
            this.before = before;
            this.storing = storing;
        }

        void store(List<WalFile> following) {
            var files = new ArrayList<Path>();
            long bytes = 0;
            long longest = 0;
            try {
                for (WalFile each : following) {
                    Path file = walDirectory.resolve(each.name());
                    if (stored.has(spool, file, before)) {
                        continue; // by a call that did not live to the end
                    }
                    long length = Files.size(file);
                    bytes += length;
                    if (bytes > limits.bytes()) {
                        break;
                    }
                    longest = Math.max(longest, length);
                    files.add(file);
                }
            } catch (IOException _) {
                // a file that cannot be read is told when the server asks for it; those before it can be stored
            }
            if (!files.isEmpty()) {
                long memory = Runtime.getRuntime().maxMemory();
                store(files, limits.threadsFor(files.size(), Math.min(longest, largestInMemory), memory));
            }
        }

        private void store(List<Path> files, int threads) {
            try (var workers = new Workers("ahead", threads, new Cancellation())) {
                for (Path file : files) {
                    workers.submit(() -> store(file));
                }
                workers.join();
            } catch (ArchiverException _) {
                // told when the server asks for that file
            } catch (RuntimeException | Error e) {
                listener.on(new ArchiveEvent.LookAheadEnded(e));
            }
        }

        private void store(Path file) throws ArchiverException {
            if (System.nanoTime() - begun > beginning.toNanos()) {
                return;
            }
            Fingerprint read = fingerprint(file);
            Delivered delivered = storing.store(file);
            if (fingerprint(file).equals(read)) {
                remember(file, read, delivered);
            }
        }

        private static Fingerprint fingerprint(Path file) throws ArchiverException {
            try {
                return Fingerprint.of(file);
            } catch (IOException e) {
                throw LocalFiles.cannot("read", file, e);
            }
        }

        private void remember(Path file, Fingerprint read, Delivered delivered) throws ArchiverException {
            try {
                stored.remember(spool, file, read, delivered);
            } catch (IOException e) {
                ArchiverException reason = LocalFiles.cannot("write", spool.directory(), e);
                warn(reason);
                throw reason;
            }
        }
    }
}
