package dev.walvault.it.benchmark;

import dev.walvault.it.Condition;
import dev.walvault.it.Installation;
import dev.walvault.it.PostgresServer;
import dev.walvault.it.Program;
import dev.walvault.it.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * walvault with one vault. Its configuration says nothing of speed but how many jobs back up and restore, as many as
 * pgbackrest has processes.
 */
record WalvaultArchiver(
        Contender contender,
        Installation program,
        Workspace workspace,
        String name,
        PostgresServer server,
        Vault vault,
        String settings)
        implements Archiver {

    /** Where a vault is made that nobody has used. */
    @FunctionalInterface
    interface Vault {
        String fresh() throws IOException;
    }

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** What of the state directory is no spool: the memory of a vault's documents. */
    private static final String MEMORY = "memory";

    /**
     * With a directory as its vault; {@code settings} are lines of TOML, such as those of {@link Keys}, that begin in
     * "backup".
     */
    static WalvaultArchiver inDirectory(
            Contender contender,
            Installation program,
            Workspace workspace,
            String name,
            PostgresServer server,
            String settings) {
        return new WalvaultArchiver(
                contender,
                program,
                workspace,
                name,
                server,
                () -> {
                    var vault = workspace.path(name + "/vault");
                    Workspace.delete(vault);
                    return "file://" + vault;
                },
                settings);
    }

    @Override
    public void register() throws IOException, InterruptedException {
        workspace.directory(name);
        Workspace.delete(state());
        workspace.write(name + "/walvault.toml", """
                vault = "%s"
                cluster = "bench"
                pgdata = "%s"
                state_directory = "%s"

                [postgres]
                host = "%s"
                port = %d
                user = "%s"

                [backup]
                jobs = 2

                %s
                """.formatted(
                        vault.fresh(),
                        server.dataDirectory(),
                        state(),
                        server.host(),
                        server.port(),
                        PostgresServer.USER,
                        settings));
        Program.of("sh", "-c", walvault() + "init").run().orThrow();
    }

    @Override
    public void forgetSpool() throws IOException {
        if (Files.exists(state())) {
            try (Stream<Path> parts = Files.list(state())) {
                for (Path part : parts.filter(part -> !part.endsWith(MEMORY)).toList()) {
                    Workspace.delete(part);
                }
            }
        }
    }

    /** Its process lives on as long as the server recovers. */
    @Override
    public void awaitFetched(String segment) throws IOException, SQLException, InterruptedException {
        Condition.await(segment + " is fetched ahead", PATIENCE, () -> {
            List<String> spooled = spooled();
            return spooled.stream().anyMatch(name -> name.startsWith(segment + "."))
                    && spooled.stream().noneMatch(name -> name.endsWith(".part"));
        });
        Background.sync();
    }

    private List<String> spooled() throws IOException {
        try (Stream<Path> files = Files.walk(state().resolve("prefetch"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (NoSuchFileException | UncheckedIOException _) {
            // it is there in a moment, or it changes at this one
            return List.of();
        }
    }

    @Override
    public String startUp() {
        return program.launcher() + " version";
    }

    @Override
    public String push() {
        return walvault() + "archive-push %p";
    }

    @Override
    public String pushMany() {
        return push();
    }

    @Override
    public String get() {
        return walvault() + "archive-get %f %p";
    }

    @Override
    public String getMany() {
        return get();
    }

    @Override
    public String backup() {
        return walvault() + "backup";
    }

    @Override
    public String restore(Path target) {
        return walvault() + "restore -D " + target;
    }

    private Path state() {
        return workspace.path(name + "/state");
    }

    private String walvault() {
        return program.launcher() + " --config " + workspace.path(name + "/walvault.toml") + " ";
    }
}
