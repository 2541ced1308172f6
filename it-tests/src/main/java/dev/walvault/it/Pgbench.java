package dev.walvault.it;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The installed pgbench, which drives servers of other versions too. */
public final class Pgbench {
    private final Path program;
    private final PostgresServer server;

    private Pgbench(Path program, PostgresServer server) {
        this.program = program;
        this.server = server;
    }

    /** Nothing where no pgbench is installed. */
    public static Optional<Pgbench> on(PostgresServer server) throws IOException, InterruptedException {
        return PostgresBinaries.installed().reversed().stream()
                .flatMap(binaries -> binaries.find("pgbench").stream())
                .findFirst()
                .map(found -> new Pgbench(found, server));
    }

    /** Makes its tables; a scale of 1 is 100,000 rows, 15 MB. */
    public void initialise(int scale) throws IOException, InterruptedException {
        program("-i", "-q", "-s", Integer.toString(scale)).run().orThrow();
    }

    /** Starts load for this long; {@code more} are options of pgbench. */
    public Running start(int clients, Duration duration, String... more) throws IOException {
        var options = new ArrayList<>(
                List.of("-n", "-c", Integer.toString(clients), "-T", Long.toString(duration.toSeconds())));
        options.addAll(List.of(more));
        return program(options.toArray(String[]::new)).start();
    }

    private Program program(String... arguments) {
        var command = new ArrayList<String>();
        command.add(program.toString());
        command.addAll(List.of("-h", server.host(), "-p", Integer.toString(server.port()), "-U", PostgresServer.USER));
        command.addAll(List.of(arguments));
        command.add("postgres");
        return Program.of(command);
    }
}
