package dev.walvault.it.benchmark;

import dev.walvault.it.PostgresBinaries;
import dev.walvault.it.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Collectors;

/** What the figures were measured on and with, in Markdown. */
final class Machine {
    private Machine() {}

    static String description(Path workspace, PostgresBinaries binaries, Options options)
            throws IOException, InterruptedException {
        return List.of(
                        "%s: %s processors, %s, %s of memory"
                                .formatted(
                                        LocalDate.now(ZoneOffset.UTC),
                                        Runtime.getRuntime().availableProcessors(),
                                        line("/proc/cpuinfo", "model name"),
                                        line("/proc/meminfo", "MemTotal")),
                        "Linux %s, %s on %s"
                                .formatted(
                                        output("uname -r"),
                                        output("stat -f -c %T " + workspace),
                                        output("df --output=source " + workspace + " | tail -1")),
                        "PostgreSQL %s; %s; zstd %s; %s"
                                .formatted(
                                        binaries.version(),
                                        PgbackrestArchiver.version().orElse("no pgbackrest"),
                                        output("zstd --version | grep -o 'v[0-9.]*[0-9]'"),
                                        output("cp --version | head -1")),
                        "%d segments of 16 MB, a cluster of %d MB; %s"
                                .formatted(
                                        options.segments(),
                                        options.clusterMegabytes(),
                                        options.quick() ? "few rounds (--quick)" : "all rounds"))
                .stream()
                .map(line -> "- " + line + "\n")
                .collect(Collectors.joining());
    }

    private static String line(String file, String name) throws IOException {
        return Files.readAllLines(Path.of(file)).stream()
                .filter(line -> line.startsWith(name))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .orElse("unknown " + name);
    }

    private static String output(String command) throws IOException, InterruptedException {
        return Program.of("sh", "-c", command).run().out().strip();
    }
}
