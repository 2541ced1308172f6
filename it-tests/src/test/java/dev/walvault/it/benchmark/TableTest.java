package dev.walvault.it.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.walvault.it.benchmark.Measure.Unit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableTest {
    private static final Measure PUSH = Measure.of("push", Unit.MILLISECONDS).wanted(new Goal.TimesPgbackrest(0.75));

    @Test
    void theMedianIsTheMiddleOneOrBetweenTheTwoInTheMiddle() {
        assertThat(Series.of(9, 1, 2).median()).isEqualTo(2);
        assertThat(Series.of(4, 1, 9, 2).median()).isEqualTo(3);
        assertThatIllegalArgumentException().isThrownBy(() -> new Series(List.of()));
    }

    @Test
    void aRowShowsMediansAndWhatTheyLieBetweenAndTheRatio() {
        String row = row(
                PUSH,
                Map.of(
                        Contender.NATIVE, Series.of(31.26, 30, 40.04),
                        Contender.PGBACKREST, Series.of(50),
                        Contender.ZSTD, Series.of(0.123, 2, 1234.5)));

        assertThat(row)
                .isEqualTo("| push, ms | 31.3 (30–40) | - | 50 | - | 2 (0.12–1235) | 0.63 | ratio ≤ 0.75 | met |");
    }

    @Test
    void aRatioIsMetUpToItsLimitAndMissedAboveIt() {
        assertThat(verdict(new Goal.TimesPgbackrest(0.75), 75, 100)).isEqualTo("met");
        assertThat(verdict(new Goal.TimesPgbackrest(0.75), 76, 100)).isEqualTo("**missed**");
    }

    @Test
    void aLimitIsMetOnItsOwnSide() {
        assertThat(verdict(new Goal.AtMost(64), 64, 1)).isEqualTo("met");
        assertThat(verdict(new Goal.AtMost(64), 65, 1)).isEqualTo("**missed**");
        assertThat(verdict(new Goal.AtLeast(120), 120, 1)).isEqualTo("met");
        assertThat(verdict(new Goal.AtLeast(120), 119, 1)).isEqualTo("**missed**");
    }

    @Test
    void thereIsNoVerdictWithoutAGoalOrWithoutPgbackrest() {
        assertThat(verdict(new Goal.None(), 1, 1)).isEmpty();
        assertThat(row(PUSH, Map.of(Contender.NATIVE, Series.of(30))))
                .isEqualTo("| push, ms | 30 | - | - | - | - | - | ratio ≤ 0.75 |  |");
    }

    @Test
    void everyLineHasAsManyCellsAsTheHead() {
        var table = new Table();
        table.add(PUSH, Map.of(Contender.CP, Series.of(5)));
        table.add(Measure.of("requests", Unit.COUNT), Map.of());

        assertThat(table.markdown()
                        .lines()
                        .map(line -> line.chars().filter(c -> c == '|').count()))
                .hasSize(4)
                .containsOnly(10L);
    }

    private static String verdict(Goal goal, double ours, double theirs) {
        String row = row(
                PUSH.wanted(goal), Map.of(Contender.NATIVE, Series.of(ours), Contender.PGBACKREST, Series.of(theirs)));
        String[] cells = row.split("\\|", -1);
        return cells[cells.length - 2].strip();
    }

    private static String row(Measure measure, Map<Contender, Series> results) {
        var table = new Table();
        table.add(measure, results);
        return table.markdown().lines().toList().getLast();
    }
}
