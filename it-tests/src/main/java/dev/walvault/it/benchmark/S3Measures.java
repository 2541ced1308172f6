package dev.walvault.it.benchmark;

import dev.walvault.it.Installation;
import dev.walvault.it.Workspace;
import dev.walvault.it.benchmark.Measure.Unit;
import dev.walvault.store.s3.Counts;
import dev.walvault.store.s3.FaultProxy;
import dev.walvault.store.s3.S3Bucket;
import dev.walvault.store.s3.S3Server;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;

/** Push and get with a vault on S3: times beside the server and far away from it, and what passes the network. */
final class S3Measures implements Closeable {
    private static final Duration ROUND_TRIP = Duration.ofMillis(20);
    private static final String RECOVERED = "pg_wal/RECOVERYXLOG";

    private final Workspace workspace;
    private final WalSource source;
    private final FaultProxy proxy;
    private final DistantServer distant;
    private final List<Archiver> near;
    private final List<Archiver> far;
    private final Rounds many;
    private final Rounds few;

    private S3Measures(
            Workspace workspace,
            WalSource source,
            FaultProxy proxy,
            DistantServer distant,
            List<Archiver> near,
            List<Archiver> far,
            Rounds many,
            Rounds few) {
        this.workspace = workspace;
        this.source = source;
        this.proxy = proxy;
        this.distant = distant;
        this.near = List.copyOf(near);
        this.far = List.copyOf(far);
        this.many = many;
        this.few = few;
    }

    /**
     * With two vaults for each of the programs on an S3 server of the tests: one behind a proxy that counts, one over
     * TLS behind a network's delay. pgbackrest, which insists on TLS, has a repository there.
     */
    static S3Measures start(
            Workspace workspace,
            WalSource source,
            Map<Contender, Installation> programs,
            String keys,
            Rounds many,
            Rounds few)
            throws IOException, InterruptedException {
        var server = S3Server.shared();
        var bucket = server.createBucket();
        var proxy = FaultProxy.inFrontOf(server.endpoint());
        var distant = DistantServer.of(server.secureEndpoint().getPort(), ROUND_TRIP);
        var credentials = S3Bucket.option(
                "credentials-file", workspace.write("s3-credentials", Files.readString(server.credentialsFile())));
        var authority = workspace.write("s3-authority.pem", Files.readString(server.authority()));
        var trust = S3Bucket.option("ca-file", authority);
        var endpoint = URI.create("https://127.0.0.1:" + distant.port());
        var vaults = new AtomicInteger();
        var near = new ArrayList<Archiver>();
        var far = new ArrayList<Archiver>();
        programs.forEach((contender, program) -> {
            near.add(new WalvaultArchiver(
                    contender,
                    program,
                    workspace,
                    "s3-near-" + contender.id(),
                    source.server(),
                    () -> bucket.locationAt(proxy.endpoint(), "vault-" + vaults.incrementAndGet(), credentials),
                    keys));
            far.add(new WalvaultArchiver(
                    contender,
                    program,
                    workspace,
                    "s3-far-" + contender.id(),
                    source.server(),
                    () -> bucket.locationAt(endpoint, "vault-" + vaults.incrementAndGet(), credentials, trust),
                    keys));
        });
        if (PgbackrestArchiver.version().isPresent()) {
            far.add(new PgbackrestArchiver(
                    workspace,
                    "s3-far-pgbackrest",
                    source.server(),
                    () -> """
                            repo1-type=s3
                            repo1-path=/repository-%d
                            repo1-s3-bucket=%s
                            repo1-s3-endpoint=localhost
                            repo1-s3-region=us-east-1
                            repo1-s3-uri-style=path
                            repo1-s3-key=%s
                            repo1-s3-key-secret=%s
                            repo1-storage-host=localhost
                            repo1-storage-port=%d
                            repo1-storage-ca-file=%s""".formatted(
                                    vaults.incrementAndGet(),
                                    bucket.name(),
                                    S3Server.IDENTITY,
                                    S3Server.SECRET,
                                    distant.port(),
                                    authority),
                    true));
        }
        return new S3Measures(workspace, source, proxy, distant, near, far, many, few);
    }

    void addTo(Table table) throws IOException, SQLException, InterruptedException {
        String away = ", TLS, %d ms away".formatted(ROUND_TRIP.toMillis());
        times(table, near, "");
        traffic(table);
        times(table, far, away);
        backlog(table, away);
    }

    private void times(Table table, List<Archiver> archivers, String where)
            throws IOException, SQLException, InterruptedException {
        register(archivers);
        var push = Measure.of("push to S3, encrypted" + where, Unit.MILLISECONDS);
        table.add(push, many.of(push.name(), WalMeasures.each(archivers, archiver -> round -> {
            Background.settle(workspace.root());
            return push(archiver, round);
        })));
        Path copy = source.recoverable();
        var get = Measure.of("get from S3, nothing prefetched, encrypted" + where, Unit.MILLISECONDS);
        table.add(get, many.of(get.name(), WalMeasures.each(archivers, archiver -> round -> {
            Background.settle(workspace.root());
            archiver.forgetSpool();
            return get(archiver, copy, round);
        })));
    }

    private void register(List<Archiver> archivers) throws IOException, InterruptedException {
        source.queue(List.of());
        for (Archiver archiver : archivers) {
            archiver.register();
        }
    }

    private void backlog(Table table, String where) throws IOException, SQLException, InterruptedException {
        int segments = source.segments().size();
        var backlog = Measure.of("backlog of %d segments to S3, encrypted".formatted(segments) + where, Unit.SECONDS);
        table.add(backlog, few.of(backlog.name(), WalMeasures.each(far, archiver -> _ -> {
            archiver.register();
            Background.settle(workspace.root());
            return source.drain(archiver.pushMany());
        })));
    }

    /** Of the last segment that was pushed, so that nothing is there to be prefetched. */
    private void traffic(Table table) throws IOException, SQLException, InterruptedException {
        int next = many.all();
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
        table.add(Measure.of(name, unit), Rounds.once(WalMeasures.each(near, archiver -> _ -> {
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
        distant.close();
        proxy.close();
    }
}
