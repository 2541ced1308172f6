package dev.walvault.prefetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.pipe.ContentDigest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpooledSegmentTest {

    @Test
    void theNameSaysWhatTheContentHasToBe() {
        var spooled = new SpooledSegment(Recovery.segment(1, 3), new ContentDigest(16777216, 0xABCDL));

        assertThat(spooled.fileName()).isEqualTo("000000010000000000000003.16777216.000000000000abcd");
        assertThat(SpooledSegment.parse(spooled.fileName())).contains(spooled);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "position",
                "000000010000000000000003",
                "000000010000000000000003.part",
                "000000010000000000000003.x.000000000000abcd",
                "000000010000000000000003.-1.000000000000abcd",
                "000000010000000000000003.16777216.abcd",
                "00000002.history.16777216.000000000000abcd",
                "000000010000000000000003.16777216.000000000000abcd.1"
            })
    void anyOtherFileIsNone(String name) {
        assertThat(SpooledSegment.parse(name)).isEmpty();
    }
}
