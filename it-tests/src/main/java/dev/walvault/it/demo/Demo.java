package dev.walvault.it.demo;

import dev.walvault.it.PostgresBinaries;
import dev.walvault.it.PostgresServer;
import dev.walvault.it.ServerUser;
import dev.walvault.it.VaultConfiguration;
import dev.walvault.it.Walvault;
import dev.walvault.it.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Archives, backs up, loses and restores a throw-away server in a temporary directory, in less than a minute. Every
 * walvault command is shown just as it is run.
 */
public final class Demo {
    private static final String POINT = "before_the_accident";
    private static final int ROWS_BEFORE = 1000;
    private static final int ROWS_IN_ALL = 1500;
    private static final Duration TO_PROMOTE = Duration.ofSeconds(60);

    private final Story story;
    private final Workspace workspace;
    private final PostgresBinaries binaries;
    private final Walvault walvault;

    private Demo(Story story, Workspace workspace, PostgresBinaries binaries) {
        this.story = story;
        this.workspace = workspace;
        this.binaries = binaries;
        this.walvault = Walvault.with(workspace.path("walvault.toml")).in(workspace.root());
    }

    public static void main(String[] arguments) {
        var words = Arrays.asList(arguments);
        if (words.contains("--help") || !List.of("--keep").containsAll(words)) {
            System.out.println("usage: ./walvault demo [--keep]");
            System.out.println("  --keep   leave the temporary directory for you to look at");
            System.exit(words.contains("--help") ? 0 : 2);
        }
        System.exit(run(words.contains("--keep")));
    }

    private static int run(boolean keep) {
        if (keep) {
            System.setProperty("keep", "true");
        }
        var story = new Story(System.out);
        try (var workspace = Workspace.create("demo")) {
            new Demo(story, workspace, PostgresBinaries.any()).tell();
            story.say("");
            story.say(
                    keep
                            ? "Everything is left in " + workspace.root() + "; the servers are stopped."
                            : "The servers are stopped and " + workspace.root() + " is removed; --keep leaves it.");
            return 0;
        } catch (IOException | SQLException | IllegalStateException e) {
            System.out.flush();
            System.err.println();
            System.err.println("walvault demo: step " + story.steps() + " failed: " + e.getMessage());
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private void tell() throws IOException, SQLException, InterruptedException {
        story.say("walvault demo: PostgreSQL " + binaries.version() + " loses a table and gets it back.");
        story.say("Everything happens in " + workspace.root() + ", as user "
                + ServerUser.current().name() + ".");
        story.command("cd " + workspace.root());
        story.command("export WALVAULT_CONFIG=$PWD/walvault.toml");
        story.command("export PATH=" + Walvault.launcher().getParent() + ":" + binaries.directory() + ":$PATH");

        story.step("Make a key pair. The recipient encrypts; only the identity file can restore.");
        String recipient = VaultConfiguration.recipientOf(walvault("keygen", "-o", "identity.age"));

        story.step("Make a server.");
        story.command("initdb -D primary -U " + PostgresServer.USER);
        try (var primary = PostgresServer.with(binaries).create(workspace, "primary")) {
            story.step("Describe vault, keys and server in one file.");
            var config = workspace.write("walvault.toml", configuration(recipient, primary));
            story.command("cat " + config.getFileName());
            story.answer(configuration(recipient, primary));

            story.step("Create the vault.");
            walvault("init");

            story.step("Let PostgreSQL archive into it, and start.");
            story.command("cat >> primary/postgresql.conf");
            configure(primary, "archive_mode", "on");
            configure(primary, "archive_command", walvault.archiveCommand());
            start(primary);

            loseATable(primary);
            bringItBack();
            primary.stop();
        }
    }

    private void loseATable(PostgresServer primary) throws IOException, SQLException, InterruptedException {
        story.step("Have something to lose.");
        sql(
                primary,
                "CREATE TABLE accounts AS SELECT id, 100 AS balance FROM generate_series(1, " + ROWS_BEFORE + ") id");

        story.step("Take a base backup.");
        walvault("backup", "--label", "demo");

        story.step("Go on working: these rows are in no backup, only in the WAL.");
        sql(
                primary,
                "INSERT INTO accounts SELECT id, 100 FROM generate_series(" + (ROWS_BEFORE + 1) + ", " + ROWS_IN_ALL
                        + ") id");

        story.step("Name this moment.");
        walvault("restore-point", "create", POINT);

        story.step("The accident.");
        sql(primary, "DROP TABLE accounts");

        story.step("See what can be restored.");
        walvault("info");
    }

    private void bringItBack() throws IOException, SQLException, InterruptedException {
        story.step("Restore into a second directory, up to the named moment.");
        walvault("restore", "-D", "restored", "--to-point", POINT, "--action", "promote");

        story.step("Start it beside the first one.");
        try (var restored = PostgresServer.on(binaries, workspace, workspace.path("restored"))) {
            start(restored);
            restored.awaitPromoted(TO_PROMOTE);

            story.step("The table is back, with the rows that no backup had.");
            String back = sql(restored, "SELECT count(*), max(id), sum(balance) FROM accounts");
            String expected = ROWS_IN_ALL + " | " + ROWS_IN_ALL + " | " + ROWS_IN_ALL * 100;
            if (!back.equals(expected)) {
                throw new IllegalStateException("the table should hold " + expected + " and holds " + back);
            }
            restored.stop();
        }
    }

    private String configuration(String recipient, PostgresServer primary) {
        return new VaultConfiguration(
                        List.of("file://" + workspace.path("vault")),
                        "demo",
                        recipient,
                        workspace.path("identity.age"),
                        primary)
                .text();
    }

    private void configure(PostgresServer server, String name, String value) throws IOException {
        server.configure(name, value);
        story.answer(name + " = '" + value + "'");
    }

    private void start(PostgresServer server) throws IOException, SQLException, InterruptedException {
        Path name = server.dataDirectory().getFileName();
        story.command("pg_ctl -D " + name + " -l " + name + ".log -o \"-p " + server.port() + "\" start");
        server.start();
    }

    private String walvault(String... arguments) throws IOException, InterruptedException {
        story.command("walvault " + String.join(" ", arguments));
        var ran = walvault.run(arguments);
        story.answer(ran.out());
        story.answer(ran.err());
        if (ran.status() != 0) {
            throw new IllegalStateException("walvault " + arguments[0] + " ended with status " + ran.status());
        }
        return ran.out();
    }

    private String sql(PostgresServer server, String statement) throws SQLException {
        story.command("psql -h " + server.host() + " -p " + server.port() + " -U " + PostgresServer.USER + " -c \""
                + statement + "\" postgres");
        var lines = new ArrayList<String>();
        if (statement.startsWith("SELECT")) {
            server.query(statement).forEach(row -> lines.add(String.join(" | ", row)));
        } else {
            server.sql(statement);
        }
        String answer = String.join("\n", lines);
        story.answer(answer);
        return answer;
    }
}
