package dev.walvault.it.benchmark;

import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Lets the contenders of a measure take turns, so that what else happens on the machine meets all of them: one round
 * that does not count, then A B C A B C.
 */
final class Rounds {
    private final int rounds;
    private final PrintStream progress;

    Rounds(int rounds, PrintStream progress) {
        this.rounds = rounds;
        this.progress = progress;
    }

    /** How many rounds there are, the one that does not count included; a trial's {@code round} is less than that. */
    int all() {
        return rounds + 1;
    }

    Map<Contender, Series> of(String what, Map<Contender, ? extends Trial> trials)
            throws IOException, SQLException, InterruptedException {
        Map<Contender, List<Double>> figures = new EnumMap<>(Contender.class);
        for (int round = 0; round < all(); round++) {
            for (var each : trials.entrySet()) {
                double figure = each.getValue().run(round);
                progress.printf(
                        "%s, %s, %s: %.2f%n",
                        what, each.getKey().title(), round == 0 ? "warm-up" : "round " + round, figure);
                if (round > 0) {
                    figures.computeIfAbsent(each.getKey(), _ -> new ArrayList<>())
                            .add(figure);
                }
            }
        }
        Map<Contender, Series> results = new EnumMap<>(Contender.class);
        figures.forEach((contender, values) -> results.put(contender, new Series(values)));
        return results;
    }

    /** One turn for each: for what does not vary. */
    static Map<Contender, Series> once(Map<Contender, ? extends Trial> trials)
            throws IOException, SQLException, InterruptedException {
        Map<Contender, Series> results = new EnumMap<>(Contender.class);
        for (var each : trials.entrySet()) {
            results.put(each.getKey(), Series.of(each.getValue().run(0)));
        }
        return results;
    }
}
