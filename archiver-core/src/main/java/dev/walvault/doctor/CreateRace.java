package dev.walvault.doctor;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.examine.Finding;
import dev.walvault.store.Content;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.Remedies;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Writers that want one name at the same moment: exactly one gets it, and it is its content that is stored. */
final class CreateRace {
    private static final int WRITERS = 8;
    private static final int NAMES = 16;

    private final ObjectStore store;
    private final ObjectStore other;
    private final Probes probes;
    private final Remedies remedies;

    CreateRace(ObjectStore store, ObjectStore other, Probes probes, Remedies remedies) {
        this.store = store;
        this.other = other;
        this.probes = probes;
        this.remedies = remedies;
    }

    Finding run(String check) throws ArchiverException {
        var start = new CyclicBarrier(WRITERS);
        try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
            for (int name = 1; name <= NAMES; name++) {
                Optional<Finding> wrong = race(check, probes.key("raced-" + name), start, threads);
                if (wrong.isPresent()) {
                    return wrong.get();
                }
            }
        }
        return Finding.ok(check, WRITERS + " writers raced for each of " + NAMES + " names: one winner each");
    }

    private Optional<Finding> race(String check, ObjectKey key, CyclicBarrier start, ExecutorService threads)
            throws ArchiverException {
        var running = new ArrayList<Future<Optional<byte[]>>>();
        for (int writer = 0; writer < WRITERS; writer++) {
            byte[] content = probes.content(1024);
            ObjectStore handle = writer % 2 == 0 ? store : other;
            running.add(threads.submit(() -> {
                start.await();
                return handle.createIfAbsent(key, Content.of(content)) == CreateOutcome.CREATED
                        ? Optional.of(content)
                        : Optional.empty();
            }));
        }
        List<byte[]> winners = new ArrayList<>();
        for (Future<Optional<byte[]>> each : running) {
            wonWith(key, each).ifPresent(winners::add);
        }
        if (winners.size() != 1) {
            return Optional.of(StoreChecks.unfit(
                    check, winners.size() + " writers of one name were told that they created it", remedies.notOnce()));
        }
        boolean kept = Arrays.equals(winners.getFirst(), Probes.read(store, key).orElse(new byte[0]));
        return kept
                ? Optional.empty()
                : Optional.of(StoreChecks.unfit(
                        check, "the content of a writer that did not win is stored", remedies.notOnce()));
    }

    /** The content of a writer that was told that it won. */
    private static Optional<byte[]> wonWith(ObjectKey key, Future<Optional<byte[]>> running) throws ArchiverException {
        try {
            return running.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ArchiverException known
                    ? known
                    : Fault.of(ErrorCode.STORE_UNREACHABLE, "could not store \"" + key + "\"")
                            .detail(String.valueOf(e.getCause()))
                            .cause(e)
                            .store();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Fault.of(ErrorCode.CANCELLED, "interrupted").cause(e).lock();
        }
    }
}
