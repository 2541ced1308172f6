package dev.walvault.it.benchmark;

import dev.walvault.it.benchmark.Measure.Unit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** Start-up, push, get and replay: what a server does with one archiver after the other, with the same segments. */
final class WalMeasures {
    private static final String RECOVERED = "pg_wal/RECOVERYXLOG";

    private final Path workspace;
    private final WalSource source;
    private final List<Archiver> plain;
    private final List<Archiver> encrypting;
    private final Rounds many;
    private final Rounds few;
    private final Set<Archiver> full = new HashSet<>();

    /** {@code many} rounds for what takes milliseconds, {@code few} for what takes seconds. */
    WalMeasures(
            Path workspace,
            WalSource source,
            List<Archiver> plain,
            List<Archiver> encrypting,
            Rounds many,
            Rounds few) {
        this.workspace = workspace;
        this.source = source;
        this.plain = List.copyOf(plain);
        this.encrypting = List.copyOf(encrypting);
        this.many = many;
        this.few = few;
    }

    void addTo(Table table, Predicate<String> chosen) throws IOException, SQLException, InterruptedException {
        if (chosen.test("start-up")) {
            var measure = Measure.of("start-up", Unit.MILLISECONDS).wanted(new Goal.TimesPgbackrest(3));
            table.add(measure, many.of(measure.name(), each(plain, this::startUp)));
        }
        if (chosen.test("push")) {
            push(table, "push of one segment", plain, 0.75);
            push(table, "push of one segment, encrypted", encrypting, 0.9);
        }
        if (chosen.test("backlog")) {
            backlog(table, "backlog of %d segments", plain);
            backlog(table, "backlog of %d segments, encrypted", encrypting);
        }
        if (chosen.test("get")) {
            get(table, "get, nothing prefetched", plain);
            get(table, "get, nothing prefetched, encrypted", encrypting);
            getPrefetched(table, "get, prefetched", plain);
            getPrefetched(table, "get, prefetched, encrypted", encrypting);
        }
        if (chosen.test("replay")) {
            replay(table, "replay of %d segments", plain);
            replay(table, "replay of %d segments, encrypted", encrypting);
        }
        if (chosen.test("memory") && Stopwatch.seesMemory()) {
            memory(table);
        }
    }

    private Trial startUp(Archiver archiver) {
        return _ -> Stopwatch.millis(source.server().dataDirectory(), archiver.startUp());
    }

    private void push(Table table, String name, List<Archiver> archivers, double wanted)
            throws IOException, SQLException, InterruptedException {
        source.queue(List.of());
        register(archivers);
        var measure = Measure.of(name, Unit.MILLISECONDS).wanted(new Goal.TimesPgbackrest(wanted));
        table.add(measure, many.of(name, each(archivers, archiver -> round -> {
            Background.settle(workspace);
            return Stopwatch.millis(source.server().dataDirectory(), pushing(archiver.push(), round));
        })));
    }

    private String pushing(String command, int round) {
        String segment = source.segments().get(round);
        return Archiver.filled(command, segment, "pg_wal/" + segment);
    }

    private void backlog(Table table, String name, List<Archiver> archivers)
            throws IOException, SQLException, InterruptedException {
        var measure = Measure.of(counted(name), Unit.SECONDS).wanted(new Goal.TimesPgbackrest(0.5));
        table.add(measure, few.of(measure.name(), each(archivers, archiver -> _ -> fill(archiver))));
    }

    /** The seconds in which an empty store gets all segments. */
    private double fill(Archiver archiver) throws IOException, SQLException, InterruptedException {
        archiver.register();
        Background.settle(workspace);
        double seconds = source.drain(archiver.pushMany());
        full.add(archiver);
        return seconds;
    }

    private void get(Table table, String name, List<Archiver> archivers)
            throws IOException, SQLException, InterruptedException {
        requireFull(archivers);
        Path copy = source.recoverable();
        var measure = Measure.of(name, Unit.MILLISECONDS);
        table.add(measure, many.of(name, each(archivers, archiver -> round -> {
            forgetSpool(archiver);
            return fetch(copy, archiver.get(), round);
        })));
    }

    private void getPrefetched(Table table, String name, List<Archiver> archivers)
            throws IOException, SQLException, InterruptedException {
        requireFull(archivers);
        Path copy = source.recoverable();
        var ahead = archivers.stream()
                .filter(archiver -> archiver.contender() != Contender.CP && archiver.contender() != Contender.ZSTD)
                .toList();
        for (Archiver archiver : ahead) {
            forgetSpool(archiver);
        }
        source.pretendToRecover(copy);
        // walvault fetches ahead when it has been asked for two in a row
        for (Archiver archiver : ahead) {
            fetch(copy, archiver.getMany(), 0);
            fetch(copy, archiver.getMany(), 1);
        }
        var measure = Measure.of(name, Unit.MILLISECONDS).wanted(new Goal.TimesPgbackrest(0.4));
        table.add(measure, many.of(name, each(ahead, archiver -> round -> {
            int next = round + 2;
            archiver.awaitFetched(source.segments().get(next));
            return fetch(copy, archiver.getMany(), next);
        })));
        source.endRecovery(copy);
        Background.settle(workspace);
    }

    /** The milliseconds of one get, into a data directory that has not got the segment. */
    private double fetch(Path copy, String command, int number) throws IOException, InterruptedException {
        Files.deleteIfExists(copy.resolve(RECOVERED));
        return Stopwatch.millis(copy, Archiver.filled(command, source.segments().get(number), RECOVERED));
    }

    private void replay(Table table, String name, List<Archiver> archivers)
            throws IOException, SQLException, InterruptedException {
        requireFull(archivers);
        var measure = Measure.of(counted(name), Unit.SECONDS).wanted(new Goal.TimesPgbackrest(0.7));
        table.add(measure, few.of(measure.name(), each(archivers, archiver -> _ -> {
            Path copy = source.recoverable();
            forgetSpool(archiver);
            try (var server = source.recovering(copy, archiver.getMany())) {
                server.launch();
                return WalSource.awaitRecovered(server);
            }
        })));
    }

    private void memory(Table table) throws IOException, SQLException, InterruptedException {
        source.queue(List.of());
        register(encrypting);
        Path data = source.server().dataDirectory();
        var push =
                Measure.of("peak memory of a push, encrypted", Unit.MEGABYTES).wanted(new Goal.AtMost(64));
        table.add(push, few.of(push.name(), each(encrypting, archiver -> round -> {
            Background.settle(workspace);
            return Stopwatch.peakMegabytes(data, pushing(archiver.push(), round));
        })));
        var ahead = Measure.of("peak memory of a push with a backlog, encrypted", Unit.MEGABYTES)
                .wanted(new Goal.AtMost(64));
        table.add(ahead, few.of(ahead.name(), each(encrypting, archiver -> _ -> {
            archiver.register();
            source.queue(source.segments());
            Background.settle(workspace);
            return Stopwatch.peakMegabytes(data, pushing(archiver.pushMany(), 0));
        })));
        full.removeAll(encrypting);
        requireFull(encrypting);
        Path copy = source.recoverable();
        var get = Measure.of("peak memory of a get, encrypted", Unit.MEGABYTES);
        table.add(get, few.of(get.name(), each(encrypting, archiver -> round -> {
            forgetSpool(archiver);
            Files.deleteIfExists(copy.resolve(RECOVERED));
            return Stopwatch.peakMegabytes(
                    copy, Archiver.filled(archiver.get(), source.segments().get(round), RECOVERED));
        })));
    }

    private void register(List<Archiver> archivers) throws IOException, InterruptedException {
        for (Archiver archiver : archivers) {
            archiver.register();
            full.remove(archiver);
        }
    }

    private void requireFull(List<Archiver> archivers) throws IOException, SQLException, InterruptedException {
        for (Archiver archiver : archivers) {
            if (!full.contains(archiver)) {
                fill(archiver);
            }
        }
    }

    private void forgetSpool(Archiver archiver) throws IOException, SQLException, InterruptedException {
        Background.settle(workspace);
        archiver.forgetSpool();
        Background.settle(workspace);
    }

    private String counted(String name) {
        return name.formatted(source.segments().size());
    }

    static Map<Contender, Trial> each(List<Archiver> archivers, Function<Archiver, Trial> trial) {
        Map<Contender, Trial> trials = new EnumMap<>(Contender.class);
        archivers.forEach(archiver -> trials.put(archiver.contender(), trial.apply(archiver)));
        return trials;
    }
}
