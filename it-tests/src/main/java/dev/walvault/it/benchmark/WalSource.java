package dev.walvault.it.benchmark;

import dev.walvault.it.Condition;
import dev.walvault.it.Pgbench;
import dev.walvault.it.PostgresBinaries;
import dev.walvault.it.PostgresServer;
import dev.walvault.it.Program;
import dev.walvault.it.ServerUser;
import dev.walvault.it.Workspace;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A server that has written some segments and keeps them, and its data directory as it was before: what recovery begins
 * with. The server runs, does nothing, and archives what {@link #drain} makes it archive.
 */
final class WalSource implements Closeable {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final String POSTMASTER_PID = "postmaster.pid";
    private static final int CLIENTS = 2;
    private static final int SCALE = 10;
    private static final Duration BETWEEN_CHECKPOINTS = Duration.ofSeconds(10);

    private final Workspace workspace;
    private final PostgresServer server;
    private final Path base;
    private final List<String> segments;
    private final Connection session;

    private WalSource(
            Workspace workspace, PostgresServer server, Path base, List<String> segments, Connection session) {
        this.workspace = workspace;
        this.server = server;
        this.base = base;
        this.segments = List.copyOf(segments);
        this.session = session;
    }

    /** Makes the server and lets pgbench, which must be installed, write that many segments of 16 MB. */
    static WalSource create(Workspace workspace, PostgresBinaries binaries, int count)
            throws IOException, SQLException, InterruptedException {
        var server = PostgresServer.with(binaries)
                .set("shared_buffers", "256MB")
                .set("max_wal_size", "64GB")
                .set("wal_keep_size", "32GB")
                .set("checkpoint_timeout", "1d")
                .set("autovacuum", "off")
                .create(workspace, "primary");
        var pgbench = Pgbench.on(server)
                .orElseThrow(() -> new IllegalStateException("pgbench is not installed: install postgresql"));
        server.start();
        pgbench.initialise(SCALE);
        server.sql(Documents.TABLE);
        server.stop();

        // an empty command lets segments queue up
        server.configure("archive_mode", "on");
        server.configure("archive_command", "");
        server.start();
        server.stop();
        var base = workspace.path("base");
        copy(server.dataDirectory(), base);
        Program.of("sh", "-c", "rm -rf pg_wal/0* pg_wal/archive_status/* && touch recovery.signal")
                .in(base)
                .run()
                .orThrow();

        server.start();
        String first = server.value("SELECT pg_walfile_name(pg_current_wal_lsn())");
        var script = workspace.write("documents.sql", Documents.SCRIPT);
        while (written(server, first).size() <= count) {
            server.sql("CHECKPOINT");
            try (var load = pgbench.start(
                    CLIENTS, BETWEEN_CHECKPOINTS, "-s", "" + SCALE, "-b", "tpcb-like@3", "-f", script + "@1")) {
                load.await(PATIENCE).orThrow();
            }
        }
        server.sql("CHECKPOINT");
        return new WalSource(workspace, server, base, written(server, first).subList(0, count), server.connect());
    }

    private static List<String> written(PostgresServer server, String first) throws IOException {
        try (Stream<Path> files = Files.list(server.dataDirectory().resolve("pg_wal/archive_status"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("[0-9A-F]{24}\\.ready"))
                    .map(name -> name.substring(0, 24))
                    .filter(name -> name.compareTo(first) >= 0)
                    .sorted()
                    .toList();
        }
    }

    static void copy(Path from, Path to) throws IOException, InterruptedException {
        Program.of("cp", "-a", from.toString(), to.toString()).run().orThrow();
    }

    PostgresServer server() {
        return server;
    }

    /** The segments, oldest first: all that recovery from {@link #recoverable} needs. */
    List<String> segments() {
        return segments;
    }

    /** A fresh copy of the data directory as it was before the first of the segments, in place of the last one. */
    Path recoverable() throws IOException, InterruptedException {
        var copy = workspace.path("copy");
        Workspace.delete(copy);
        copy(base, copy);
        return copy;
    }

    /** Lets such a copy look as if a server recovered in it, as long as this process lives; there is none. */
    void pretendToRecover(Path copy) throws IOException {
        Files.writeString(
                copy.resolve(POSTMASTER_PID),
                ProcessHandle.current().pid() + "\n" + copy + "\n" + System.currentTimeMillis() / 1000 + "\n");
    }

    void endRecovery(Path copy) throws IOException {
        Files.delete(copy.resolve(POSTMASTER_PID));
    }

    /** The server that recovers in such a copy with this restore_command; not started. */
    PostgresServer recovering(Path copy, String restoreCommand) throws IOException {
        Files.deleteIfExists(workspace.path("copy.log"));
        return PostgresServer.on(
                server.binaries(),
                workspace,
                copy,
                Map.of("fsync", "off", "archive_mode", "off", "restore_command", restoreCommand));
    }

    /** Makes exactly these segments wait to be archived. */
    void queue(List<String> waiting) throws IOException {
        var status = server.dataDirectory().resolve("pg_wal/archive_status");
        try (Stream<Path> files = Files.list(status)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        for (String segment : segments) {
            var file = Files.createFile(status.resolve(segment + (waiting.contains(segment) ? ".ready" : ".done")));
            ServerUser.current().own(file);
        }
    }

    /** The seconds that the server needs to archive all segments with this archive_command. */
    double drain(String archiveCommand) throws IOException, SQLException, InterruptedException {
        queue(segments);
        server.configure("archive_command", archiveCommand);
        var last = server.dataDirectory().resolve("pg_wal/archive_status/" + segments.getLast() + ".done");
        long started = System.nanoTime();
        reload();
        long end = started + PATIENCE.toNanos();
        while (!Files.exists(last)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(
                        "not archived in " + PATIENCE.toMinutes() + " minutes:\n" + server.log());
            }
            Thread.sleep(1);
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        server.configure("archive_command", "");
        reload();
        return seconds;
    }

    private void reload() throws SQLException {
        try (var statement = session.createStatement()) {
            statement.execute("SELECT pg_reload_conf()");
        }
    }

    /** Waits until recovery in that server has read all there is; returns the seconds since it began. */
    static double awaitRecovered(PostgresServer recovering) throws IOException, SQLException, InterruptedException {
        Condition.await("recovery ends", PATIENCE, () -> {
            String log = recovering.log();
            if (!recovering.isRunning()) {
                throw new IllegalStateException("the server has ended:\n" + log);
            }
            return log.contains("archive recovery complete");
        });
        return ServerLog.secondsBetween(recovering.log(), "starting archive recovery", "redo done at");
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
