package dev.walvault.it;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A real server in a {@link Workspace}: on 127.0.0.1, on a port that the system gave, with its socket in the workspace,
 * and everybody trusted. Closing it kills it; so does the end of the JVM.
 *
 * <p>It runs with {@code fsync=off}, because the tests kill programs and not the machine: what the operating
 * system has, it keeps. {@link Setup#set} turns it on.
 */
public final class PostgresServer implements Closeable {
    public static final String USER = "postgres";

    private static final Duration TO_START = Duration.ofMinutes(3);
    private static final Duration TO_STOP = Duration.ofSeconds(60);

    private final PostgresBinaries binaries;
    private final Path dataDirectory;
    private final Path logFile;
    private final Path socketDirectory;
    private final int port;
    private final Map<String, String> commandLine;
    private final Map<String, String> environment;
    private Optional<Running> running = Optional.empty();

    private PostgresServer(
            PostgresBinaries binaries,
            Path dataDirectory,
            Path logFile,
            Path socketDirectory,
            Map<String, String> commandLine,
            Map<String, String> environment)
            throws IOException {
        this.binaries = binaries;
        this.dataDirectory = dataDirectory;
        this.logFile = logFile;
        this.socketDirectory = socketDirectory;
        this.port = freePort();
        this.commandLine = new LinkedHashMap<>(commandLine);
        this.environment = Map.copyOf(environment);
    }

    /** A new server, to be made with {@link Setup#create}. */
    public static Setup with(PostgresBinaries binaries) {
        return new Setup(binaries);
    }

    /**
     * A server on a directory that is there already, such as a restored one. Its files are left as they are: address,
     * port and socket are given on the command line, and so are {@code settings}.
     */
    public static PostgresServer on(
            PostgresBinaries binaries, Workspace workspace, Path dataDirectory, Map<String, String> settings)
            throws IOException {
        String name = dataDirectory.getFileName().toString();
        return new PostgresServer(
                binaries, dataDirectory, workspace.path(name + ".log"), workspace.directory("s"), settings, Map.of());
    }

    /** A server on a directory that is there already, with the settings that it finds there. */
    public static PostgresServer on(PostgresBinaries binaries, Workspace workspace, Path dataDirectory)
            throws IOException {
        return on(binaries, workspace, dataDirectory, Map.of("fsync", "off"));
    }

    /** How a new server is to be. */
    public static final class Setup {
        private final PostgresBinaries binaries;
        private final List<String> initdb = new ArrayList<>();
        private final Map<String, String> settings = new LinkedHashMap<>();
        private final Map<String, String> environment = new LinkedHashMap<>();
        private boolean checksums = true;

        private Setup(PostgresBinaries binaries) {
            this.binaries = binaries;
            set("fsync", "off");
            set("shared_buffers", "32MB");
            set("max_connections", "50");
            set("log_line_prefix", "%m [%p] ");
        }

        /** Without page checksums, which every other server here has. */
        public Setup withoutChecksums() {
            checksums = false;
            return this;
        }

        public Setup walSegmentMegabytes(int megabytes) {
            initdb.add("--wal-segsize=" + megabytes);
            return this;
        }

        /** One more argument of initdb. */
        public Setup initdb(String argument) {
            initdb.add(argument);
            return this;
        }

        /** A line of postgresql.conf; the value is quoted here. */
        public Setup set(String name, String value) {
            settings.put(name, value);
            return this;
        }

        /** An environment variable of the server, and so of its archive_command and restore_command. */
        public Setup environment(String name, String value) {
            environment.put(name, value);
            return this;
        }

        /** Runs initdb in the workspace's directory of this name; the server is not started yet. */
        public PostgresServer create(Workspace workspace, String name) throws IOException, InterruptedException {
            var dataDirectory = workspace.path(name);
            var command = new ArrayList<String>();
            command.add(binaries.require("initdb").toString());
            command.addAll(List.of("-D", dataDirectory.toString(), "-U", USER, "--auth=trust", "--no-sync"));
            command.addAll(List.of("--locale=C", "--encoding=UTF8"));
            if (checksums) {
                command.add("--data-checksums");
            } else if (binaries.major() >= 18) {
                command.add("--no-data-checksums");
            }
            command.addAll(initdb);
            Program.of(command).run().orThrow();
            var server = new PostgresServer(
                    binaries,
                    dataDirectory,
                    workspace.path(name + ".log"),
                    workspace.directory("s"),
                    Map.of(),
                    environment);
            for (var setting : settings.entrySet()) {
                server.configure(setting.getKey(), setting.getValue());
            }
            return server;
        }
    }

    public PostgresBinaries binaries() {
        return binaries;
    }

    public Path dataDirectory() {
        return dataDirectory;
    }

    public int port() {
        return port;
    }

    public String host() {
        return "127.0.0.1";
    }

    /** Everything that the server has logged, through all its starts. */
    public String log() throws IOException {
        return Files.exists(logFile) ? new String(Files.readAllBytes(logFile), StandardCharsets.UTF_8) : "";
    }

    /** Appends a line to postgresql.conf, where the last one counts; {@link #reload} or a restart makes it known. */
    public void configure(String name, String value) throws IOException {
        Files.writeString(
                dataDirectory.resolve("postgresql.conf"),
                name + " = " + quoted(value) + "\n",
                StandardOpenOption.APPEND);
    }

    public void reload() throws SQLException {
        query("SELECT pg_reload_conf()");
    }

    /**
     * Starts it and returns when it answers queries, be it still in recovery.
     *
     * @throws IllegalStateException with the log, if it does not come up
     */
    public PostgresServer start() throws IOException, SQLException, InterruptedException {
        launch();
        awaitUp(TO_START);
        return this;
    }

    /** Waits until a server that was launched answers queries, be it still in recovery. */
    public void awaitUp(Duration deadline) throws IOException, SQLException, InterruptedException {
        Condition.await("the server answers", deadline, this::tail, () -> {
            if (!isRunning()) {
                throw new IllegalStateException("the server did not start\n" + tail());
            }
            return isReady();
        });
    }

    /** Starts a server that must end by itself; the answer is what it logged since. */
    public String expectStartFailure(Duration deadline) throws IOException, InterruptedException {
        int before = log().length();
        try (var process = launch()) {
            process.await(deadline);
            running = Optional.empty();
        }
        return log().substring(before);
    }

    /** Starts it without waiting for anything: recovery may take its time, or fail. */
    public Running launch() throws IOException {
        if (isRunning()) {
            throw new IllegalStateException("the server in \"" + dataDirectory + "\" is running already");
        }
        var command = new ArrayList<String>();
        command.add(binaries.require("postgres").toString());
        command.addAll(List.of("-D", dataDirectory.toString()));
        var settings = new LinkedHashMap<>(commandLine);
        settings.put("listen_addresses", host());
        settings.put("port", Integer.toString(port));
        settings.put("unix_socket_directories", socketDirectory.toString());
        settings.put("logging_collector", "off");
        settings.forEach((name, value) -> {
            command.add("-c");
            command.add(name + "=" + value);
        });
        if (!Files.exists(logFile)) {
            Files.createFile(logFile);
            ServerUser.current().own(logFile);
        }
        var process = Program.of(command)
                .with(environment)
                .in(dataDirectory)
                .loggingTo(logFile)
                .start();
        running = Optional.of(process);
        return process;
    }

    public boolean isRunning() {
        return running.isPresent() && running.get().isAlive();
    }

    /** A fast shutdown: PostgreSQL archives what it has, once, and ends. */
    public void stop() throws IOException, InterruptedException {
        signal("INT");
    }

    /** An immediate shutdown: recovery at the next start. */
    public void stopImmediately() throws IOException, InterruptedException {
        signal("QUIT");
    }

    /** kill -9 of the server and everything under it, a running archive_command included. */
    public void kill() throws IOException {
        if (running.isPresent()) {
            try (var process = running.get()) {
                process.kill();
            }
            running = Optional.empty();
        }
    }

    /** Waits until the server has ended by itself. */
    public int awaitEnd(Duration deadline) throws IOException, InterruptedException {
        try (var process = running.orElseThrow()) {
            int status = process.await(deadline).status();
            running = Optional.empty();
            return status;
        }
    }

    private void signal(String name) throws IOException, InterruptedException {
        if (isRunning()) {
            Program.of("sh", "-c", "kill -" + name + " " + postmasterPid())
                    .run()
                    .orThrow();
            awaitEnd(TO_STOP);
        }
    }

    private String postmasterPid() throws IOException {
        return Files.readAllLines(dataDirectory.resolve("postmaster.pid"))
                .getFirst()
                .strip();
    }

    /** As pg_ctl asks: the eighth line of postmaster.pid is the server's state. */
    private boolean isReady() throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(dataDirectory.resolve("postmaster.pid"));
        } catch (NoSuchFileException _) {
            // a starting server removes the file of one that was killed, at any moment
            return false;
        }
        return lines.size() >= 8
                && lines.getFirst()
                        .strip()
                        .equals(Long.toString(running.orElseThrow().pid()))
                && (lines.get(7).startsWith("ready") || lines.get(7).startsWith("standby"));
    }

    public String jdbcUrl(String database) {
        return "jdbc:postgresql://" + host() + ":" + port + "/" + database + "?user=" + USER + "&connectTimeout=10";
    }

    /** A new session, which the caller closes. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl("postgres"));
    }

    /** Runs statements, each committed by itself. */
    public void sql(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String text : statements) {
                statement.execute(text);
            }
        }
    }

    /** All rows, every value as text; SQL's null is the text {@code null}. */
    public List<List<String>> query(String text) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(text)) {
            var all = new ArrayList<List<String>>();
            while (rows.next()) {
                var row = new ArrayList<String>();
                for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                    row.add(Objects.toString(rows.getString(column)));
                }
                all.add(row);
            }
            return all;
        }
    }

    /** The first value of the first row. */
    public String value(String text) throws SQLException {
        return query(text).getFirst().getFirst();
    }

    public boolean isInRecovery() throws SQLException {
        return value("SELECT pg_is_in_recovery()").equals("t");
    }

    /** Waits until recovery has ended and the server takes writes. */
    public void awaitPromoted(Duration deadline) throws IOException, SQLException, InterruptedException {
        Condition.await("the server in \"" + dataDirectory + "\" is promoted", deadline, this::tail, () -> {
            requireRunning();
            return !isInRecovery();
        });
    }

    /** Waits until recovery has paused at its target. */
    public void awaitPaused(Duration deadline) throws IOException, SQLException, InterruptedException {
        Condition.await("recovery in \"" + dataDirectory + "\" is paused", deadline, this::tail, () -> {
            requireRunning();
            return isInRecovery()
                    && value("SELECT pg_get_wal_replay_pause_state()").equals("paused");
        });
    }

    /** Waits until a line of the log contains this. */
    public void awaitLog(String text, Duration deadline) throws IOException, SQLException, InterruptedException {
        Condition.await("the log says \"" + text + "\"", deadline, this::tail, () -> log().contains(text));
    }

    /** Ends the current segment and names it. */
    public String switchWal() throws SQLException {
        sql("SELECT pg_create_restore_point('switch')");
        return value("SELECT pg_walfile_name(pg_switch_wal())");
    }

    /** Waits until archive_command has acknowledged this segment, or a later one of its timeline. */
    public void awaitArchived(String segment, Duration deadline)
            throws IOException, SQLException, InterruptedException {
        Condition.await(segment + " is archived", deadline, this::tail, () -> {
            requireRunning();
            return Integer.parseInt(
                            value("SELECT count(*) FROM pg_stat_archiver WHERE last_archived_wal ~ '^[0-9A-F]{24}$'"
                                    + " AND last_archived_wal >= '" + segment + "'"))
                    == 1;
        });
    }

    private void requireRunning() throws IOException {
        if (!isRunning()) {
            throw new IllegalStateException("the server in \"" + dataDirectory + "\" has ended\n" + tail());
        }
    }

    /** The end of its log, to show what went wrong. */
    public String tail() {
        try {
            String log = log();
            return log.substring(Math.max(0, log.length() - 4000));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() throws IOException {
        kill();
    }

    private static String quoted(String value) {
        return "'" + value.replace("'", "''") + "'";
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
