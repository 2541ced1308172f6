package dev.walvault.it.benchmark;

import dev.walvault.it.Installation;
import dev.walvault.it.PostgresBinaries;
import dev.walvault.it.PostgresServer;
import dev.walvault.it.Program;
import dev.walvault.it.Project;
import dev.walvault.it.Workspace;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Measures walvault beside others and prints one table; docs/internals/benchmarks.md says how to read it. Progress goes
 * to stderr.
 */
public final class Benchmark {
    private static final int MANY_ROUNDS = 15;
    private static final int FEW_ROUNDS = 3;
    private static final int QUICK_ROUNDS = 3;

    private final Options options;
    private final PrintStream progress = System.err;
    private final Workspace workspace;
    private final PostgresBinaries binaries;
    private final Map<Contender, Installation> programs;
    private final String keys;
    private final Rounds many;
    private final Rounds few;

    private Benchmark(Options options, Workspace workspace) throws IOException, InterruptedException {
        this.options = options;
        this.workspace = workspace;
        this.binaries = PostgresBinaries.any();
        this.programs = programs();
        this.keys = Keys.pair(programs.values().iterator().next(), workspace);
        this.many = new Rounds(options.quick() ? QUICK_ROUNDS : MANY_ROUNDS, progress);
        this.few = new Rounds(options.quick() ? 1 : FEW_ROUNDS, progress);
    }

    public static void main(String[] arguments) {
        if (Arrays.asList(arguments).contains("--help")) {
            System.out.print(Options.USAGE);
            return;
        }
        Options options;
        try {
            options = Options.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println("walvault benchmark: " + e.getMessage());
            System.err.print(Options.USAGE);
            System.exit(2);
            return;
        }
        System.exit(run(options));
    }

    private static int run(Options options) {
        try {
            String results = results(options);
            System.out.print(results);
            if (options.page().isPresent()) {
                new Page(options.page().get()).write(results);
            }
            return 0;
        } catch (IOException | SQLException | IllegalStateException e) {
            System.err.println("walvault benchmark: " + e.getMessage());
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    /** Measures, and returns the machine's description with the table. */
    static String results(Options options) throws IOException, SQLException, InterruptedException {
        try (var workspace = Workspace.create("bench")) {
            return new Benchmark(options, workspace).results();
        }
    }

    private String results() throws IOException, SQLException, InterruptedException {
        if (PgbackrestArchiver.version().isEmpty()) {
            progress.println("pgbackrest is not installed, so there are no ratios: apt-get install pgbackrest");
        }
        if (!Stopwatch.seesMemory()) {
            progress.println("GNU time is not installed, so memory is not measured: apt-get install time");
        }
        var table = new Table();
        wal(table);
        if (options.asksFor("backup")) {
            cluster(table);
        }
        if (options.asksFor("guard")) {
            guard(table);
        }
        return Machine.description(workspace.root(), binaries, options) + "\n" + table.markdown();
    }

    private void wal(Table table) throws IOException, SQLException, InterruptedException {
        progress.println("writing " + options.segments() + " segments of WAL");
        try (var source = WalSource.create(workspace, binaries, options.segments())) {
            trainJvm(source);
            new WalMeasures(
                            workspace.root(),
                            source,
                            contenders("plain", Keys.NONE, source.server()),
                            contenders("encrypted", keys, source.server()),
                            many,
                            few)
                    .addTo(table, options::asksFor);
            if (options.asksFor("s3")) {
                try (var s3 = S3Measures.start(workspace, source, programs, keys, many, few)) {
                    s3.addTo(table);
                }
            }
        }
    }

    private void cluster(Table table) throws IOException, SQLException, InterruptedException {
        progress.println("making a cluster of " + options.clusterMegabytes() + " MB");
        try (var server = ClusterMeasures.server(workspace, binaries, options.clusterMegabytes())) {
            new ClusterMeasures(workspace, server, few)
                    .addTo(
                            table,
                            contenders("cluster-plain", Keys.NONE, server),
                            contenders("cluster-encrypted", keys, server),
                            walvaults("cluster-uncompressed", "codec = \"none\"", server));
        }
    }

    private void guard(Table table) throws IOException, SQLException, InterruptedException {
        progress.println("writing a segment of " + options.largeSegmentMegabytes() + " MB");
        try (var guard =
                GuardMeasures.start(workspace, binaries, programs, keys, options.largeSegmentMegabytes(), few)) {
            guard.addTo(table);
        }
    }

    /** What is installed; the floor has no keys. */
    private List<Archiver> contenders(String name, String keysOrNone, PostgresServer server)
            throws IOException, InterruptedException {
        boolean encrypting = !keysOrNone.isEmpty();
        List<Archiver> all = walvaults(name, keysOrNone, server);
        if (PgbackrestArchiver.version().isPresent()) {
            all.add(PgbackrestArchiver.inDirectory(workspace, name + "-pgbackrest", server, encrypting));
        }
        if (!encrypting) {
            all.add(FileArchiver.cp(workspace, name + "-cp", server.dataDirectory()));
            all.add(FileArchiver.zstd(workspace, name + "-zstd", server.dataDirectory()));
        }
        return all;
    }

    private List<Archiver> walvaults(String name, String settings, PostgresServer server) {
        var all = new ArrayList<Archiver>();
        programs.forEach((contender, program) -> all.add(WalvaultArchiver.inDirectory(
                contender, program, workspace, name + "-" + contender.id(), server, settings)));
        return all;
    }

    private Map<Contender, Installation> programs() throws IOException {
        Map<Contender, Installation> found = new EnumMap<>(Contender.class);
        if (Files.isExecutable(options.nativeProgram().resolve("bin/walvault"))) {
            found.put(Contender.NATIVE, Installation.copy(options.nativeProgram(), workspace, "native"));
        } else {
            progress.println("there is no native program in \"" + options.nativeProgram()
                    + "\": docs/guides/native.md says how it is built");
        }
        found.put(
                Contender.JVM,
                Installation.copy(Project.directory().resolve("archiver-cli/target/walvault"), workspace, "jvm"));
        return found;
    }

    /** Makes the cache of what a call loads, as docs/guides/native.md tells those who have no native program. */
    private void trainJvm(WalSource source) throws IOException, InterruptedException {
        var program = Objects.requireNonNull(programs.get(Contender.JVM));
        var archiver =
                WalvaultArchiver.inDirectory(Contender.JVM, program, workspace, "training", source.server(), keys);
        archiver.register();
        Path data = source.server().dataDirectory();
        String push = Archiver.filled(
                archiver.push(), "", "pg_wal/" + source.segments().getFirst());
        for (String javaOptions :
                List.of("", "-XX:AOTCacheOutput=" + program.home().resolve("walvault.aot"))) {
            Program.of("sh", "-c", push)
                    .with("WALVAULT_JAVA_OPTS", javaOptions)
                    .in(data)
                    .run()
                    .orThrow();
        }
    }
}
