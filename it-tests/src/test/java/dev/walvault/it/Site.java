package dev.walvault.it;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A server that archives into an encrypted vault of its own, as README sets one up. Everything goes away at the end.
 */
final class Site implements Closeable {
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Workspace workspace;
    private final PostgresServer primary;
    private final Walvault walvault;
    private final List<PostgresServer> restored = new ArrayList<>();

    private Site(Workspace workspace, PostgresServer primary, Walvault walvault) {
        this.workspace = workspace;
        this.primary = primary;
        this.walvault = walvault;
    }

    /** A started server with archiving on; small segments make for many of them. */
    static Site start(PostgresBinaries binaries) throws Exception {
        return start(binaries, setup -> setup.walSegmentMegabytes(1));
    }

    static Site start(PostgresBinaries binaries, UnaryOperator<PostgresServer.Setup> adjust) throws Exception {
        return start(binaries, adjust, "");
    }

    /** {@code moreConfiguration} is appended to the configuration file. */
    static Site start(PostgresBinaries binaries, UnaryOperator<PostgresServer.Setup> adjust, String moreConfiguration)
            throws Exception {
        return start(binaries, adjust, workspace -> List.of("file://" + workspace.path("vault")), moreConfiguration);
    }

    /** With vaults at these URLs. */
    static Site start(
            PostgresBinaries binaries,
            UnaryOperator<PostgresServer.Setup> adjust,
            Function<Workspace, List<String>> vaults,
            String moreConfiguration)
            throws Exception {
        var workspace = Workspace.create("site");
        try {
            var primary = adjust.apply(PostgresServer.with(binaries)).create(workspace, "primary");
            var walvault = Walvault.with(workspace.path("walvault.toml")).in(workspace.root());
            String printed =
                    walvault.run("keygen", "-o", "identity.age").orThrow().out();
            var configuration = new VaultConfiguration(
                    vaults.apply(workspace),
                    "it",
                    VaultConfiguration.recipientOf(printed),
                    workspace.path("identity.age"),
                    primary);
            workspace.write(
                    "walvault.toml",
                    "state_directory = \"" + workspace.path("state") + "\"\n" + configuration.text()
                            + "\n[archive_get]\nretry_budget = \"2s\"\n\n" + moreConfiguration + "\n");
            walvault.run("init").orThrow();
            primary.configure("archive_mode", "on");
            primary.configure("archive_command", walvault.archiveCommand());
            primary.start();
            return new Site(workspace, primary, walvault);
        } catch (IOException | InterruptedException | SQLException | RuntimeException e) {
            workspace.close();
            throw e;
        }
    }

    Workspace workspace() {
        return workspace;
    }

    PostgresServer primary() {
        return primary;
    }

    Walvault walvault() {
        return walvault;
    }

    /** Of a site on the file system. */
    Path vault() {
        return workspace.path("vault");
    }

    /** The objects in the vault, to which a server may be adding at this moment. */
    List<Path> objects() throws IOException {
        return files().stream()
                .filter(file -> !file.getFileName().toString().startsWith("."))
                .toList();
    }

    /** The same, with the temporary files of writers. */
    List<Path> files() throws IOException {
        while (true) {
            try (Stream<Path> files = Files.walk(vault())) {
                return files.filter(Files::isRegularFile).toList();
            } catch (UncheckedIOException e) {
                if (!(e.getCause() instanceof NoSuchFileException)) {
                    throw e;
                }
                // a temporary file has just become an object
            }
        }
    }

    /** Takes the WAL out of the vault, and what the host remembers of it. */
    void forgetWal() throws IOException {
        Workspace.delete(workspace.path("state"));
        try (Stream<Path> files = Files.walk(vault())) {
            for (Path wal : files.filter(file -> file.endsWith("wal")).toList()) {
                Workspace.delete(wal);
            }
        }
    }

    /** The program with a configuration of its own: this site's, changed. */
    Walvault configured(String name, UnaryOperator<String> change) throws IOException {
        String text = change.apply(Files.readString(workspace.path("walvault.toml")));
        return Walvault.with(workspace.write(name + ".toml", text)).in(workspace.root());
    }

    /** Runs a command that must succeed, and returns its output. */
    String ok(String... arguments) throws Exception {
        return walvault.run(Duration.ofMinutes(5), arguments).orThrow().out();
    }

    /** Waits until everything the server has written so far is in the vault. */
    void archiveAll() throws Exception {
        primary.awaitArchived(primary.switchWal(), PATIENCE);
    }

    /**
     * A table {@code t} with row 1, a backup, a restore point of that name, and behind it row 666, all of it archived.
     */
    void writeBehindPoint(String name) throws Exception {
        primary.sql("CREATE TABLE t (n int)", "INSERT INTO t VALUES (1)");
        ok("backup");
        ok("restore-point", "create", name);
        primary.sql("INSERT INTO t VALUES (666)");
        archiveAll();
    }

    /** Restores with these options into a directory of that name, starts a server there and waits until it is open. */
    PostgresServer restore(String name, String... options) throws Exception {
        restoreOnly(name, options);
        var server = open(name, Map.of());
        server.start();
        server.awaitPromoted(PATIENCE);
        return server;
    }

    /** Restores and starts nothing. */
    Path restoreOnly(String name, String... options) throws Exception {
        var words =
                new ArrayList<>(List.of("restore", "-D", workspace.path(name).toString()));
        words.addAll(List.of(options));
        ok(words.toArray(String[]::new));
        return workspace.path(name);
    }

    /** The server of a restored directory, not started. */
    PostgresServer open(String name, Map<String, String> settings) throws IOException {
        var server = PostgresServer.on(primary.binaries(), workspace, workspace.path(name), settings);
        restored.add(server);
        return server;
    }

    @Override
    public void close() throws IOException {
        for (PostgresServer server : restored) {
            server.close();
        }
        primary.close();
        workspace.close();
    }
}
