package dev.walvault.it.benchmark;

import dev.walvault.it.PostgresServer;
import dev.walvault.it.Program;
import dev.walvault.it.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The installed pgbackrest with one repository: zstd at the levels that walvault takes by itself, and two processes.
 */
record PgbackrestArchiver(
        Workspace workspace, String name, PostgresServer server, Repository repository, boolean encrypting)
        implements Archiver {

    /** Where a repository is made that nobody has used: lines of its configuration. */
    @FunctionalInterface
    interface Repository {
        String fresh() throws IOException;
    }

    /** With a repository in a directory. */
    static PgbackrestArchiver inDirectory(Workspace workspace, String name, PostgresServer server, boolean encrypting) {
        return new PgbackrestArchiver(
                workspace,
                name,
                server,
                () -> {
                    Workspace.delete(workspace.path(name + "/repo"));
                    return "repo1-path=" + workspace.directory(name + "/repo");
                },
                encrypting);
    }

    /** Its version, if it is installed. */
    static Optional<String> version() throws IOException, InterruptedException {
        var ran = Program.of("sh", "-c", "pgbackrest version").run();
        return ran.status() == 0 ? Optional.of(ran.out().strip()) : Optional.empty();
    }

    @Override
    public Contender contender() {
        return Contender.PGBACKREST;
    }

    @Override
    public void register() throws IOException, InterruptedException {
        workspace.directory(name);
        forgetSpool();
        workspace.directory(name + "/lock");
        workspace.write(name + "/pgbackrest.conf", configuration());
        Program.of("sh", "-c", pgbackrest() + "stanza-create").run().orThrow();
    }

    private String configuration() throws IOException {
        var home = workspace.path(name);
        return """
                [global]
                %s
                repo1-retention-full=2
                %s
                spool-path=%s/spool
                lock-path=%s/lock
                log-level-file=off
                process-max=2
                start-fast=y
                compress-type=zst
                compress-level=1

                [global:backup]
                compress-level=3

                [bench]
                pg1-path=%s
                pg1-socket-path=%s
                pg1-port=%d
                pg1-user=%s
                """.formatted(
                        repository.fresh(),
                        encrypting
                                ? "repo1-cipher-type=aes-256-cbc\nrepo1-cipher-pass=jTgxcm8VOqRH2K3vX7pLw9sZ"
                                : "repo1-cipher-type=none",
                        home,
                        home,
                        server.dataDirectory(),
                        workspace.path("s"),
                        server.port(),
                        PostgresServer.USER);
    }

    @Override
    public void forgetSpool() throws IOException {
        Workspace.delete(workspace.path(name + "/spool"));
        workspace.directory(name + "/spool");
    }

    /** Its process ends when it has filled the spool. */
    @Override
    public void awaitFetched(String segment) throws IOException, SQLException, InterruptedException {
        Background.settle(workspace.path(name));
    }

    @Override
    public String startUp() {
        return "pgbackrest version";
    }

    @Override
    public String push() {
        return pgbackrest() + "archive-push %p";
    }

    @Override
    public String pushMany() {
        return pgbackrest() + "--archive-async archive-push %p";
    }

    @Override
    public String get() {
        return pgbackrest() + "--pg1-path=\"$PWD\" archive-get %f %p";
    }

    @Override
    public String getMany() {
        return pgbackrest() + "--archive-async --pg1-path=\"$PWD\" archive-get %f %p";
    }

    @Override
    public String backup() {
        return pgbackrest() + "--type=full backup";
    }

    @Override
    public String restore(Path target) {
        return pgbackrest() + "--pg1-path=" + target + " restore";
    }

    private String pgbackrest() {
        return "pgbackrest --config=" + workspace.path(name + "/pgbackrest.conf") + " --stanza=bench ";
    }
}
