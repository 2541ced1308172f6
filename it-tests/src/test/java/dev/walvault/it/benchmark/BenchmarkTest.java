package dev.walvault.it.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That all of it works. The figures mean nothing here: other tests run beside it. */
class BenchmarkTest {
    /** How the first row of each group begins. */
    private static final List<String> FIRST_ROWS = List.of(
            "start-up",
            "push",
            "backlog of",
            "get, nothing prefetched",
            "replay of",
            "peak memory of a push",
            "push to S3",
            "backup of",
            "a segment of");

    @Test
    void eachGroupHasFiguresOfTheProgramForAJvm() throws Exception {
        assertThat(FIRST_ROWS).hasSameSizeAs(Options.GROUPS);

        List<List<String>> table = table(Benchmark.results(Options.parse("--quick", "--cluster-size", "100MB")));
        int column = table.getFirst().indexOf(Contender.JVM.title());
        List<List<String>> rows = table.subList(1, table.size());

        assertThat(rows)
                .allSatisfy(
                        row -> assertThat(row.get(column)).as(row.getFirst()).matches("[0-9.]+( .*)?"));
        assertThat(FIRST_ROWS)
                .filteredOn(first -> Stopwatch.seesMemory() || !first.startsWith("peak memory"))
                .allSatisfy(
                        first -> assertThat(rows).anyMatch(row -> row.getFirst().startsWith(first)));
    }

    /** The cells of the head and of each row. */
    private static List<List<String>> table(String results) {
        return results.lines()
                .filter(line -> line.startsWith("| "))
                .map(line -> Arrays.asList(line.substring(2).split(" \\| ")))
                .toList();
    }
}
