package dev.walvault.prefetch;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.pg.TimelineHistory;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegmentSize;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecoveryPathTest {
    private static final TimelineId ONE = TimelineId.FIRST;
    private static final TimelineId TWO = new TimelineId(2);
    private static final TimelineId THREE = new TimelineId(3);

    private static RecoveryPath path(String history, int megabytes) throws Exception {
        return new RecoveryPath(
                Optional.of(TimelineHistory.parse(THREE, history.getBytes(US_ASCII))),
                new WalSegmentSize(megabytes << 20));
    }

    private static List<String> names(RecoveryPath path, long number, TimelineId reached) {
        return path.names(number, reached).stream().map(WalFile.Segment::name).toList();
    }

    @Test
    void withoutAHistoryTheTimelineStays() {
        var path = new RecoveryPath(Optional.empty(), WalSegmentSize.DEFAULT);

        assertThat(names(path, 5, TWO)).containsExactly("000000020000000000000005");
        assertThat(names(path, 256, TWO)).containsExactly("000000020000000100000000");
    }

    @Test
    void theSegmentOfASwitchIsAskedForOnTheNewTimelineFirst() throws Exception {
        // of 16 MB: the switches are in segments 5 and 9
        var path = path("1\t0/5055D48\tx\n2\t0/9055D48\tx\n", 16);

        assertThat(names(path, 4, ONE)).containsExactly("000000010000000000000004");
        assertThat(names(path, 5, ONE)).containsExactly("000000020000000000000005", "000000010000000000000005");
        assertThat(names(path, 8, TWO)).containsExactly("000000020000000000000008");
        assertThat(names(path, 9, TWO)).containsExactly("000000030000000000000009", "000000020000000000000009");
        assertThat(names(path, 10, THREE)).containsExactly("00000003000000000000000A");
    }

    @Test
    void itDependsOnTheSizeOfTheSegmentsWhichThatIs() throws Exception {
        var path = path("1\t0/5055D48\tx\n2\t0/9055D48\tx\n", 64);

        assertThat(names(path, 1, ONE)).containsExactly("000000020000000000000001", "000000010000000000000001");
        assertThat(names(path, 2, TWO)).containsExactly("000000030000000000000002", "000000020000000000000002");
        assertThat(names(path, 64, THREE)).containsExactly("000000030000000100000000");
    }

    @Test
    void severalSwitchesMayBeInOneSegment() throws Exception {
        var path = path("1\t0/5055D48\tx\n2\t0/5066D48\tx\n", 16);

        assertThat(names(path, 5, ONE))
                .containsExactly("000000030000000000000005", "000000020000000000000005", "000000010000000000000005");
        assertThat(names(path, 5, TWO)).containsExactly("000000030000000000000005", "000000020000000000000005");
    }

    @Test
    void aTimelineThatIsNoAncestorIsNotLeft() throws Exception {
        var path = path("1\t0/5055D48\tx\n", 16);

        assertThat(names(path, 9, TWO)).containsExactly("000000020000000000000009");
    }
}
