package dev.walvault.it.benchmark;

import dev.walvault.it.Installation;
import dev.walvault.it.Pgbench;
import dev.walvault.it.PostgresBinaries;
import dev.walvault.it.PostgresServer;
import dev.walvault.it.Workspace;
import dev.walvault.it.benchmark.Measure.Unit;
import java.io.Closeable;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Whether the program's loops run as fast as they should where start-up counts for nothing: one large segment. A native
 * program that was built without the processor's instructions, or with a library that it does not find, shows here.
 */
final class GuardMeasures implements Closeable {
    /** As much of its WAL as a scale of pgbench fills, and a little more. */
    private static final int MEGABYTES_OF_A_SCALE = 17;

    private record Kind(String name, String settings, Goal goal) {}

    private final Workspace workspace;
    private final PostgresServer server;
    private final String segment;
    private final int megabytes;
    private final Map<Contender, Installation> programs;
    private final List<Kind> kinds;
    private final Rounds rounds;

    private GuardMeasures(
            Workspace workspace,
            PostgresServer server,
            String segment,
            int megabytes,
            Map<Contender, Installation> programs,
            List<Kind> kinds,
            Rounds rounds) {
        this.workspace = workspace;
        this.server = server;
        this.segment = segment;
        this.megabytes = megabytes;
        this.programs = programs;
        this.kinds = kinds;
        this.rounds = rounds;
    }

    static GuardMeasures start(
            Workspace workspace,
            PostgresBinaries binaries,
            Map<Contender, Installation> programs,
            String keys,
            int megabytes,
            Rounds rounds)
            throws IOException, SQLException, InterruptedException {
        var server = PostgresServer.with(binaries)
                .walSegmentMegabytes(megabytes)
                .set("wal_keep_size", "8GB")
                .set("autovacuum", "off")
                // without a command the finished segment stays in the queue, and only such a one is stored
                .set("archive_mode", "on")
                .create(workspace, "guard");
        server.start();
        Pgbench.on(server).orElseThrow().initialise(megabytes / MEGABYTES_OF_A_SCALE);
        String segment = server.switchWal();
        String uncompressed = "[wal]\ncodec = \"none\"\n";
        // about half of what each part runs at by itself, for the file is read, digested and written as well
        var kinds = List.of(
                new Kind("read, digested, written", uncompressed, new Goal.AtLeast(500)),
                new Kind("the same with zstd", Keys.NONE, new Goal.AtLeast(250)),
                new Kind("the same with age", uncompressed + "\n" + keys, new Goal.AtLeast(120)));
        return new GuardMeasures(workspace, server, segment, megabytes, programs, kinds, rounds);
    }

    void addTo(Table table) throws IOException, SQLException, InterruptedException {
        for (Kind kind : kinds) {
            var archivers = new ArrayList<Archiver>();
            programs.forEach((contender, program) -> archivers.add(WalvaultArchiver.inDirectory(
                    contender, program, workspace, "guard-" + contender.id(), server, kind.settings())));
            var measure = Measure.of(
                            "a segment of %d MB, %s".formatted(megabytes, kind.name()), Unit.MEGABYTES_PER_SECOND)
                    .wanted(kind.goal());
            table.add(
                    measure, rounds.of(measure.name(), WalMeasures.each(archivers, archiver -> _ -> speed(archiver))));
        }
    }

    private double speed(Archiver archiver) throws IOException, SQLException, InterruptedException {
        archiver.register();
        Background.settle(workspace.root());
        return megabytes
                / Stopwatch.processorSeconds(
                        server.dataDirectory(), Archiver.filled(archiver.push(), segment, "pg_wal/" + segment));
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
