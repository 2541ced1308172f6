package dev.walvault.prefetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.vault.Vaults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecoveryPositionTest {
    private static final RecoveryPosition START = RecoveryPosition.unknown(new RecoveringServer("100-1763712345"));

    @Test
    void itIsReadAsItWasWritten() {
        var full = START.served(Recovery.segment(1, 3))
                .along(new TimelineId(7))
                .started(Vaults.NOW)
                .ended();

        assertThat(RecoveryPosition.parse(full.toText())).contains(full);
        assertThat(RecoveryPosition.parse(START.toText())).contains(START);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "garbage",
                "served 000000010000000000000003\n",
                "server 100\nserved junk\n",
                "server 100\nserved 00000002.history\n",
                "server 100\ntarget x\n",
                "server 100\nstarted yesterday\n"
            })
    void whatCannotBeUnderstoodIsNone(String text) {
        assertThat(RecoveryPosition.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "000000010000000000000003, 000000010000000000000004, true",
        "000000010000000000000003, 000000020000000000000004, true",
        "0000000100000000000000FF, 000000010000000100000000, true",
        "000000010000000000000003, 000000010000000000000003, false",
        "000000010000000000000003, 000000010000000000000002, false",
        "000000010000000000000003, 000000010000000000000005, false",
        "000000010000000000000003, 000000010000000100000004, false",
        "000000020000000000000003, 000000010000000000000004, false",
    })
    void onlyTheNextSegmentOfTheSameOrALaterTimelineFollows(String last, String next, boolean follows) {
        assertThat(START.served(segment(last)).isFollowedBy(segment(next))).isEqualTo(follows);
    }

    @Test
    void nothingFollowsTheEndOfTheVaultsWal() {
        var position = START.served(Recovery.segment(1, 3)).ended();

        assertThat(position.isFollowedBy(Recovery.segment(1, 4))).isFalse();
        assertThat(START.isFollowedBy(Recovery.segment(1, 4))).isFalse();
    }

    @Test
    void theTargetIsTheNewestTimelineWhoseHistoryWasServed() {
        var position = START.along(new TimelineId(3)).along(new TimelineId(2));

        assertThat(position.target()).contains(new TimelineId(3));
    }

    private static WalFile.Segment segment(String name) {
        return (WalFile.Segment) WalFile.parse(name);
    }
}
