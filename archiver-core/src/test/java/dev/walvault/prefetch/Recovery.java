package dev.walvault.prefetch;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.walvault.ArchiverException;
import dev.walvault.archive.GetOutcome;
import dev.walvault.archive.Handover;
import dev.walvault.archive.LocalState;
import dev.walvault.archive.WalGet;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.Pause;
import dev.walvault.pg.DataDirectory;
import dev.walvault.pg.Wal;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.Codec;
import dev.walvault.seal.Compression;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.MemoryStore;
import dev.walvault.vault.MemberAccess;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.Vaults;
import dev.walvault.vaults.ConfiguredVault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** A data directory whose server recovers, a vault with its WAL, and a prefetcher in a thread. Segments have 1 MB. */
final class Recovery implements AutoCloseable {
    static final int MB = 1 << 20;

    final Path data;
    final Path stateDirectory;
    final LocalState state;
    final MemoryStore store = new MemoryStore();
    final FaultyStore faulty = new FaultyStore(store);
    final PrefetchSpool spool;
    final List<String> fetched = new ArrayList<>();
    private final Clock clock = new Clock();
    private final Cancellation cancellation = new Cancellation();
    private final BlockingQueue<String> starts = new LinkedBlockingQueue<>();
    private final List<Thread> threads = new ArrayList<>();

    /** Runs as fast as time, and can be put forward. */
    private static final class Clock implements InstantSource {
        private final AtomicLong ahead = new AtomicLong();

        @Override
        public Instant instant() {
            return Vaults.NOW.plusNanos(System.nanoTime() - START).plusSeconds(ahead.get());
        }

        private static final long START = System.nanoTime();
    }

    Recovery(Path root) throws IOException {
        this(root, "data");
    }

    /** Several of them may share a root, and with it the state directory. */
    Recovery(Path root, String name) throws IOException {
        this.data = Files.createDirectories(root.resolve(name));
        this.stateDirectory = root.resolve("state");
        this.state = LocalState.in(stateDirectory, clock);
        Files.createDirectories(data.resolve("pg_wal"));
        Files.createFile(data.resolve("recovery.signal"));
        startServer(1763712345);
        this.spool = spool("vault");
        Vaults.plain(store);
    }

    /** One that lives as long as this process, and was started at that time. */
    void startServer(long when) throws IOException {
        long process = ProcessHandle.current().pid();
        Files.writeString(data.resolve("postmaster.pid"), process + "\n" + data + "\n" + when + "\n5432\n");
    }

    /** Of this data directory, with vaults at other places. */
    PrefetchSpool spool(String... vaults) throws IOException {
        var keys = new MemberKeys(Vaults.CLUSTER, Vaults.MEMBER, Vaults.SYSTEM);
        return PrefetchSpool.of(state, new DataDirectory(data), keys, List.of(vaults));
    }

    RecoveringServer server() {
        return RecoveringServer.of(new DataDirectory(data)).orElseThrow();
    }

    static WalFile.Segment segment(int timeline, int number) {
        return (WalFile.Segment) WalFile.parse(name(timeline, number));
    }

    static String name(int timeline, int number) {
        return "%08X00000000%08X".formatted(timeline, number);
    }

    static byte[] content(int timeline, int number) {
        return Wal.segment(name(timeline, number), Vaults.SYSTEM, Vaults.SEGMENT_SIZE, 0);
    }

    /** Stores segments {@code from} to {@code to} of a timeline. */
    Recovery archive(int timeline, int from, int to) throws Exception {
        for (int number = from; number <= to; number++) {
            put(name(timeline, number), content(timeline, number));
        }
        return this;
    }

    void put(String name, byte[] content) throws Exception {
        Vaults.put(
                Vaults.opened(store, Vaults.NO_KEYS).of(Vaults.SYSTEM).wal(),
                WalFile.parse(name),
                content,
                new Compression(Codec.ZSTD, 1));
    }

    void history(String name, String content) throws Exception {
        put(name, content.getBytes(US_ASCII));
    }

    /** As a server asks that recovers: puts the file at %p, and the next one takes its place. */
    GetOutcome ask(String name) throws Exception {
        return ask(name, 4 * MB);
    }

    GetOutcome ask(String name, long mostBytes) throws Exception {
        WalFile file = WalFile.parse(name);
        Path destination = destination(file);
        // as the server does before it asks
        Files.deleteIfExists(destination);
        Handover handover = Handover.at(destination);
        var get = new PrefetchingGet(spool, server(), mostBytes, () -> starts.add(name), clock, Pause.SLEEP);
        return get.get(file, handover, () -> {
            fetched.add(name);
            return new WalGet(Duration.ZERO, state, clock, Pause.SLEEP, _ -> {}).get(file, handover, List.of(source()));
        });
    }

    Path destination(WalFile file) {
        return data.resolve("pg_wal").resolve(file instanceof WalFile.Segment ? "RECOVERYXLOG" : "RECOVERYHISTORY");
    }

    /** What it was served last a server keeps under its name. */
    void keep(String name) throws IOException {
        Path given = destination(WalFile.parse(name));
        Files.move(given, given.resolveSibling(name), StandardCopyOption.REPLACE_EXISTING);
    }

    byte[] served() throws IOException {
        return Files.readAllBytes(data.resolve("pg_wal/RECOVERYXLOG"));
    }

    WalGet.Source source() {
        return new WalGet.Source(
                new Place(faulty), () -> new Place(faulty).open().of(Vaults.SYSTEM));
    }

    private record Place(FaultyStore store) implements ConfiguredVault {
        @Override
        public boolean isNear() {
            return true;
        }

        @Override
        public String location() {
            return "vault";
        }

        @Override
        public String identity() {
            return "vault";
        }

        @Override
        public MemberAccess open() throws ArchiverException {
            return Vaults.opened(store, Vaults.NO_KEYS);
        }
    }

    int starts() {
        return starts.size();
    }

    Prefetcher prefetcher(long mostBytes) {
        return new Prefetcher(
                spool,
                new DataDirectory(data),
                Vaults.SEGMENT_SIZE,
                mostBytes,
                2,
                List.of(source()),
                state,
                clock,
                Pause.SLEEP,
                cancellation);
    }

    /** Starts one, as archive-get would have, and waits until it fetches. */
    Thread prefetch(long mostBytes) throws Exception {
        var thread = new Thread(() -> {
            try {
                prefetcher(mostBytes).run();
            } catch (ArchiverException _) {
                // it tells nobody
            }
        });
        thread.start();
        threads.add(thread);
        return thread;
    }

    void later(Duration time) {
        clock.ahead.addAndGet(time.toSeconds());
    }

    void cancel() {
        cancellation.cancel();
    }

    /** The segments in the spool, in order. */
    List<String> spooled() throws IOException {
        return spoolFiles().stream()
                .flatMap(file -> SpooledSegment.parse(file).stream())
                .map(spooled -> spooled.segment().name())
                .toList();
    }

    /** All that is in the spool. */
    List<String> spoolFiles() throws IOException {
        if (!Files.exists(spool.directory())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(spool.directory())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    interface Check {
        boolean holds() throws Exception;
    }

    static void await(Check check) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!check.holds()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("it did not come to pass");
            }
            Thread.sleep(5);
        }
    }

    void awaitSpooled(String... names) throws Exception {
        var expected = List.of(names);
        await(() -> spooled().equals(expected));
    }

    /** Waits until the prefetcher asks the vault for nothing more. */
    void awaitStandstill() throws Exception {
        var asked = new AtomicLong(-1);
        await(() -> {
            long before = asked.getAndSet(faulty.count(FaultyStore.Call.OPEN));
            Thread.sleep(500);
            return before == asked.get();
        });
    }

    static void awaitEnd(Thread thread) {
        boolean ended;
        try {
            ended = thread.join(Duration.ofSeconds(20));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (!ended) {
            throw new AssertionError("it did not end");
        }
    }

    @Override
    public void close() {
        cancellation.cancel();
        threads.forEach(Recovery::awaitEnd);
    }
}
