package dev.walvault.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Trials of one kind: each does harm that is drawn from a seed, and says what came of it. As a test it is a sample;
 * {@code -Dendurance.minutes=N} goes on for so long, and {@code -Dseed=N} does the one trial again that failed.
 *
 * <p>What was done how often is printed and, for docs/testing.md, appended to a file: a line for each kind.
 */
final class Trials {
    private static final Path RESULTS = Path.of("it-tests/target/trials.tsv");

    private final String name;
    private final Map<String, Integer> outcomes = new TreeMap<>();
    private final Instant began = Instant.now();
    private int done;

    private Trials(String name) {
        this.name = name;
    }

    /** One trial. What must not happen is an exception. */
    @FunctionalInterface
    interface Trial {
        /** Says in a few words what was done and what came of it, to be counted. */
        String run(RandomGenerator random) throws Exception;
    }

    /** Does {@code sample} trials, or as many as there is time for. */
    static void run(String name, int sample, Trial trial) throws Exception {
        var trials = new Trials(name);
        String given = System.getProperty("seed", "");
        if (given.matches("-?[0-9]{1,19}")) {
            trials.one(Long.parseLong(given), trial);
        } else {
            var longer = Duration.ofMinutes(Long.getLong("endurance.minutes", 0));
            Instant end = trials.began.plus(longer);
            var seeds = new SplittableRandom();
            while (longer.isZero() ? trials.done < sample : Instant.now().isBefore(end)) {
                trials.one(seeds.nextLong(), trial);
            }
        }
        trials.report();
    }

    private void one(long seed, Trial trial) throws Exception {
        try {
            outcomes.merge(trial.run(new SplittableRandom(seed)), 1, Integer::sum);
            done++;
        } catch (Exception | AssertionError e) {
            throw new AssertionError(
                    "trial " + (done + 1) + " of \"" + name + "\", seed " + seed + " (again with -Dseed=" + seed + "): "
                            + e.getMessage(),
                    e);
        }
    }

    private void report() throws IOException {
        long seconds = Duration.between(began, Instant.now()).toSeconds();
        String counts = outcomes.entrySet().stream()
                .map(each -> each.getKey() + ": " + each.getValue())
                .collect(Collectors.joining("; "));
        System.out.println("trials of \"" + name + "\": " + done + " in " + seconds + " s; " + counts);
        String line = String.join(
                "\t",
                began.truncatedTo(ChronoUnit.SECONDS).toString(),
                name,
                String.valueOf(done),
                String.valueOf(seconds),
                counts);
        append(line + "\n");
    }

    /** Takes over what a program of its own has written, whose property {@code trials.results} named this file. */
    static void collect(Path results) throws IOException {
        if (Files.exists(results)) {
            append(Files.readString(results));
        }
    }

    private static void append(String lines) throws IOException {
        String named = System.getProperty("trials.results", "");
        Path results = named.isEmpty() ? Project.directory().resolve(RESULTS) : Path.of(named);
        Files.writeString(results, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
