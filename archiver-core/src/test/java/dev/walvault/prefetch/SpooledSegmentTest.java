package dev.walvault.prefetch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpooledSegmentTest {

    @Test
    void theNameSaysWhichFileItIs() {
        var spooled = new SpooledSegment(Recovery.segment(1, 3), 16777216, 4711, 1763730000);

        assertThat(spooled.fileName()).isEqualTo("000000010000000000000003.16777216.4711.1763730000");
        assertThat(SpooledSegment.parse(spooled.fileName())).contains(spooled);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "position",
                "000000010000000000000003",
                "000000010000000000000003.part",
                "000000010000000000000003.x.4711.1763730000",
                "000000010000000000000003.-1.4711.1763730000",
                "000000010000000000000003.16777216.1763730000",
                "00000002.history.16777216.4711.1763730000",
                "00000002.16777216.4711.1763730000",
                "000000010000000000000003.16777216.4711.1763730000.1"
            })
    void anyOtherFileIsNone(String name) {
        assertThat(SpooledSegment.parse(name)).isEmpty();
    }
}
