package dev.walvault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

class SeedsTest {

    @Test
    void everyRunDrawsOtherNumbers() {
        var drawn = new ArrayList<Long>();

        Seeds.forEach(20, random -> drawn.add(random.nextLong()));

        assertThat(new HashSet<>(drawn)).hasSameSizeAs(drawn);
    }

    @Test
    void aFailureNamesItsSeedAndKeepsItsCause() {
        var failure = new IllegalStateException("broken");

        assertThatThrownBy(() -> Seeds.forEach(3, random -> {
                    throw failure;
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageMatching("seed (-?\\d+) \\(run again with -Dseed=\\1\\): broken")
                .hasCause(failure);
    }
}
