package dev.walvault.it.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoundsTest {
    @Test
    void theContendersTakeTurnsAndTheFirstRoundDoesNotCount() throws Exception {
        var turns = new ArrayList<String>();
        Map<Contender, Trial> trials = new EnumMap<>(Contender.class);
        trials.put(Contender.NATIVE, round -> {
            turns.add("native " + round);
            return round == 0 ? 1000 : round;
        });
        trials.put(Contender.CP, round -> {
            turns.add("cp " + round);
            return 7;
        });

        var results = new Rounds(2, new PrintStream(OutputStream.nullOutputStream())).of("trial", trials);

        assertThat(turns).containsExactly("native 0", "cp 0", "native 1", "cp 1", "native 2", "cp 2");
        assertThat(results)
                .containsExactly(
                        Map.entry(Contender.NATIVE, Series.of(1, 2)), Map.entry(Contender.CP, Series.of(7, 7)));
    }
}
