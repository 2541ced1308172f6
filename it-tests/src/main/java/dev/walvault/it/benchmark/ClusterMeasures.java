package dev.walvault.it.benchmark;

import dev.walvault.it.Pgbench;
import dev.walvault.it.PostgresBinaries;
import dev.walvault.it.PostgresServer;
import dev.walvault.it.Workspace;
import dev.walvault.it.benchmark.Measure.Unit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/** Backup and restore of a whole data directory. */
final class ClusterMeasures {
    private static final long MEGABYTES_OF_A_SCALE = 15;
    /** Of the data directory, in tenths: what nothing can compress. */
    private static final long DOCUMENTS = 3;

    private static final long DOCUMENT = 2048 + 60;
    private static final int DOUBLINGS = 3;

    private final Workspace workspace;
    private final PostgresServer server;
    private final Rounds rounds;

    ClusterMeasures(Workspace workspace, PostgresServer server, Rounds rounds) {
        this.workspace = workspace;
        this.server = server;
        this.rounds = rounds;
    }

    /** A running server with about that much data; archiving is on, without a command yet. */
    static PostgresServer server(Workspace workspace, PostgresBinaries binaries, long megabytes)
            throws IOException, SQLException, InterruptedException {
        var server = PostgresServer.with(binaries)
                .set("shared_buffers", "256MB")
                .set("max_wal_size", "512MB")
                .set("autovacuum", "off")
                .set("wal_level", "minimal")
                .set("max_wal_senders", "0")
                .create(workspace, "cluster");
        server.start();
        Pgbench.on(server).orElseThrow().initialise((int)
                Math.max(1, megabytes * (10 - DOCUMENTS) / 10 / MEGABYTES_OF_A_SCALE));
        long rows = megabytes * DOCUMENTS / 10 * (1 << 20) / DOCUMENT;
        server.sql(Documents.TABLE, Documents.insert(rows >> DOUBLINGS));
        for (int doubling = 0; doubling < DOUBLINGS; doubling++) {
            // the same bytes, but further apart than any level of compression looks
            server.sql("INSERT INTO documents SELECT * FROM documents");
        }
        server.stop();
        server.configure("wal_level", "replica");
        server.configure("archive_mode", "on");
        server.configure("archive_command", "");
        return server.start();
    }

    /** {@code uncompressed}: walvault whose backups are as large as what they are of. */
    void addTo(Table table, List<Archiver> plain, List<Archiver> encrypting, List<Archiver> uncompressed)
            throws IOException, SQLException, InterruptedException {
        measure(table, "", plain);
        measure(table, ", encrypted", encrypting);
        guard(table, uncompressed);
    }

    /**
     * As {@link GuardMeasures}, for what only a backup computes: without its instruction CRC-32C takes longer than all
     * the rest.
     */
    private void guard(Table table, List<Archiver> archivers) throws IOException, SQLException, InterruptedException {
        long megabytes = megabytes(server.dataDirectory());
        var measure = Measure.of(
                        "a backup of %d MB, read, its pages and files summed, written".formatted(megabytes),
                        Unit.MEGABYTES_PER_SECOND)
                .wanted(new Goal.AtLeast(250));
        table.add(measure, rounds.of(measure.name(), WalMeasures.each(archivers, archiver -> _ -> {
            prepareBackup(archiver);
            return megabytes / Stopwatch.processorSeconds(workspace.root(), archiver.backup());
        })));
    }

    private void measure(Table table, String kind, List<Archiver> archivers)
            throws IOException, SQLException, InterruptedException {
        var size = " of %d MB%s".formatted(megabytes(server.dataDirectory()), kind);
        var backup = Measure.of("backup" + size, Unit.SECONDS).wanted(new Goal.TimesPgbackrest(0.9));
        table.add(backup, rounds.of(backup.name(), WalMeasures.each(archivers, archiver -> _ -> backUp(archiver))));
        var restore = Measure.of("restore" + size, Unit.SECONDS).wanted(new Goal.TimesPgbackrest(0.9));
        table.add(restore, rounds.of(restore.name(), WalMeasures.each(archivers, archiver -> _ -> restore(archiver))));
        if (Stopwatch.seesMemory()) {
            var restoring = Measure.of("peak memory of a restore" + kind, Unit.MEGABYTES);
            table.add(restoring, Rounds.once(WalMeasures.each(archivers, archiver -> _ -> {
                Path target = target();
                return Stopwatch.peakMegabytes(workspace.root(), archiver.restore(target));
            })));
            var backingUp = Measure.of("peak memory of a backup" + kind, Unit.MEGABYTES);
            table.add(backingUp, Rounds.once(WalMeasures.each(archivers, archiver -> _ -> {
                prepareBackup(archiver);
                return Stopwatch.peakMegabytes(workspace.root(), archiver.backup());
            })));
        }
    }

    /** Seconds, with its WAL archived by the same program. */
    private double backUp(Archiver archiver) throws IOException, SQLException, InterruptedException {
        prepareBackup(archiver);
        return Stopwatch.millis(workspace.root(), archiver.backup()) / 1000;
    }

    private void prepareBackup(Archiver archiver) throws IOException, SQLException, InterruptedException {
        server.configure("archive_command", "");
        server.reload();
        archiver.register();
        server.configure("archive_command", archiver.push());
        server.reload();
        server.sql("CHECKPOINT");
        Background.settle(workspace.root());
    }

    private double restore(Archiver archiver) throws IOException, SQLException, InterruptedException {
        Path target = target();
        return Stopwatch.millis(workspace.root(), archiver.restore(target)) / 1000;
    }

    private Path target() throws IOException, SQLException, InterruptedException {
        Workspace.delete(workspace.path("restored"));
        Path target = workspace.directory("restored");
        Background.settle(workspace.root());
        return target;
    }

    private static long megabytes(Path dataDirectory) throws IOException {
        try (var files = Files.walk(dataDirectory)) {
            return files.filter(file -> !file.startsWith(dataDirectory.resolve("pg_wal")))
                            .filter(Files::isRegularFile)
                            .mapToLong(file -> file.toFile().length())
                            .sum()
                    >> 20;
        }
    }
}
