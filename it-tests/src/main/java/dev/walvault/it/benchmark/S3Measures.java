package dev.walvault.it.benchmark;

import dev.walvault.it.Installation;
import dev.walvault.it.Workspace;
import dev.walvault.it.benchmark.Measure.Unit;
import dev.walvault.store.s3.Counts;
import dev.walvault.store.s3.FaultProxy;
import dev.walvault.store.s3.Misbehaviour;
import dev.walvault.store.s3.Rule;
import dev.walvault.store.s3.S3Bucket;
import dev.walvault.store.s3.S3Server;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;

/** Push and get with a vault on S3: times with and without a network's latency, and what passes the network. */
final class S3Measures implements Closeable {
    private static final Duration LATENCY = Duration.ofMillis(20);
    private static final String RECOVERED = "pg_wal/RECOVERYXLOG";

    private final Workspace workspace;
    private final WalSource source;
    private final FaultProxy proxy;
    private final List<Archiver> archivers;
    private final Rounds rounds;

    private S3Measures(
            Workspace workspace, WalSource source, FaultProxy proxy, List<Archiver> archivers, Rounds rounds) {
        this.workspace = workspace;
        this.source = source;
        this.proxy = proxy;
        this.archivers = List.copyOf(archivers);
        this.rounds = rounds;
    }

    /** With a vault for each of the programs, on an S3 server of the tests behind a proxy that counts. */
    static S3Measures start(
            Workspace workspace, WalSource source, Map<Contender, Installation> programs, String keys, Rounds rounds)
            throws IOException, InterruptedException {
        var server = S3Server.shared();
        var bucket = server.createBucket();
        var proxy = FaultProxy.inFrontOf(server.endpoint());
        var credentials = workspace.write("s3-credentials", Files.readString(server.credentialsFile()));
        var archivers = new ArrayList<Archiver>();
        programs.forEach((contender, program) -> {
            String name = "s3-" + contender.id();
            var vaults = new AtomicInteger();
            archivers.add(new WalvaultArchiver(
                    contender,
                    program,
                    workspace,
                    name,
                    source.server(),
                    () -> bucket.locationAt(
                            proxy.endpoint(),
                            name + "/" + vaults.incrementAndGet(),
                            S3Bucket.option("credentials-file", credentials)),
                    keys));
        });
        return new S3Measures(workspace, source, proxy, archivers, rounds);
    }

    void addTo(Table table) throws IOException, SQLException, InterruptedException {
        String away = ", %d ms away".formatted(LATENCY.toMillis());
        times(table, "");
        proxy.add(Rule.on(_ -> true).then(new Misbehaviour.Delay(LATENCY)));
        times(table, away);
        proxy.behave();
        traffic(table);
    }

    private void times(Table table, String where) throws IOException, SQLException, InterruptedException {
        source.queue(List.of());
        for (Archiver archiver : archivers) {
            archiver.introduce();
        }
        var push = Measure.of("push to S3, encrypted" + where, Unit.MILLISECONDS);
        table.add(push, rounds.of(push.name(), WalMeasures.each(archivers, archiver -> round -> {
            Background.settle(workspace.root());
            return push(archiver, round);
        })));
        Path copy = source.recoverable();
        var get = Measure.of("get from S3, nothing prefetched, encrypted" + where, Unit.MILLISECONDS);
        table.add(get, rounds.of(get.name(), WalMeasures.each(archivers, archiver -> round -> {
            Background.settle(workspace.root());
            archiver.forgetSpool();
            return get(archiver, copy, round);
        })));
    }

    /** Of the last segment that was pushed, so that nothing is there to be prefetched. */
    private void traffic(Table table) throws IOException, SQLException, InterruptedException {
        int next = rounds.all();
        count(table, "requests of a push", Unit.COUNT, Counts::total, archiver -> push(archiver, next));
        count(
                table,
                "sent by a push, encrypted",
                Unit.MEGABYTES,
                counts -> counts.bytesUp() / 1048576.0,
                archiver -> push(archiver, next + 1));
        Path copy = source.recoverable();
        count(table, "requests of a get", Unit.COUNT, Counts::total, archiver -> get(archiver, copy, next + 1));
        count(
                table,
                "received by a get, encrypted",
                Unit.MEGABYTES,
                counts -> counts.bytesDown() / 1048576.0,
                archiver -> get(archiver, copy, next + 1));
    }

    @FunctionalInterface
    private interface Action {
        double run(Archiver archiver) throws IOException, InterruptedException;
    }

    private void count(Table table, String name, Unit unit, ToDoubleFunction<Counts> figure, Action action)
            throws IOException, SQLException, InterruptedException {
        table.add(Measure.of(name, unit), Rounds.once(WalMeasures.each(archivers, archiver -> _ -> {
            Background.settle(workspace.root());
            archiver.forgetSpool();
            proxy.resetCounts();
            action.run(archiver);
            return figure.applyAsDouble(proxy.counts());
        })));
    }

    private double push(Archiver archiver, int number) throws IOException, InterruptedException {
        String segment = source.segments().get(number);
        return Stopwatch.millis(
                source.server().dataDirectory(), Archiver.filled(archiver.push(), segment, "pg_wal/" + segment));
    }

    private double get(Archiver archiver, Path copy, int number) throws IOException, InterruptedException {
        Files.deleteIfExists(copy.resolve(RECOVERED));
        return Stopwatch.millis(
                copy, Archiver.filled(archiver.get(), source.segments().get(number), RECOVERED));
    }

    @Override
    public void close() throws IOException {
        proxy.close();
    }
}
