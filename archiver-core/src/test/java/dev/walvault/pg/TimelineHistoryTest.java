package dev.walvault.pg;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.walvault.ErrorCode;
import dev.walvault.IntegrityException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimelineHistoryTest {

    private static final TimelineId ONE = TimelineId.FIRST;
    private static final TimelineId TWO = new TimelineId(2);
    private static final TimelineId THREE = new TimelineId(3);

    @Test
    void theFileThatAPromotedServerWroteIsRead() throws Exception {
        var history = parse(TWO, "1\t0/5055D48\tno recovery target specified\n");

        assertThat(history.entries())
                .isEqualTo(List.of(
                        new TimelineHistory.Entry(ONE, Lsn.parse("0/5055D48"), "no recovery target specified")));
        assertThat(history.parent()).contains(ONE);
    }

    @Test
    void emptyLinesAndCommentsAreSkippedAndReasonsMayBeMissing() throws Exception {
        var history = parse(THREE, "# by hand\n\n1\t0/5000000\n\n2 0/9000000 at restore point \"x y\"\n");

        assertThat(history.entries())
                .extracting(TimelineHistory.Entry::reason)
                .containsExactly("", "at restore point \"x y\"");
    }

    @Test
    void aByteBelongsToTheTimelineItWasWrittenOn() throws Exception {
        var history = parse(THREE, "1\t0/5000000\tx\n2\t0/9000000\tx\n");

        assertThat(history.timelineOf(Lsn.parse("0/4FFFFFF"))).isEqualTo(ONE);
        assertThat(history.timelineOf(Lsn.parse("0/5000000"))).isEqualTo(TWO);
        assertThat(history.timelineOf(Lsn.parse("0/9000000"))).isEqualTo(THREE);
        assertThat(history.ancestryContains(ONE, Lsn.parse("0/4FFFFFF"))).isTrue();
        assertThat(history.ancestryContains(ONE, Lsn.parse("0/5000000"))).isFalse();
        assertThat(history.switchPointOf(TWO)).contains(Lsn.parse("0/9000000"));
        assertThat(history.switchPointOf(THREE)).isEmpty();
    }

    @Test
    void anAncestorThatWasNeverReachedHoldsNoByte() throws Exception {
        // recovered along timeline 2, but to a point before its beginning
        var history = parse(THREE, "1\t0/5000000\tx\n2\t0/4000000\tx\n");

        assertThat(history.timelineOf(Lsn.parse("0/3000000"))).isEqualTo(ONE);
        assertThat(history.timelineOf(Lsn.parse("0/4000000"))).isEqualTo(THREE);
        assertThat(history.switchPointOf(ONE)).contains(Lsn.parse("0/4000000"));
    }

    @Test
    void theFirstTimelineIsItsOwnHistory() {
        var history = TimelineHistory.initial();

        assertThat(history.timelineOf(Lsn.ZERO)).isEqualTo(ONE);
        assertThat(history.parent()).isEmpty();
        assertThat(history.switchPointOf(ONE)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "'' | it is empty",
                "1#0/5000000#at res | its last line is cut short",
                "~ | timeline 3 has no ancestors, but must come from somewhere",
                "1#0/5000000#x~3#0/6000000#x~ | timeline 3 cannot be an ancestor of timeline 3",
                "2#0/5000000#x~1#0/6000000#x~ | timeline 1 comes after timeline 2",
                "1#0/5000000#x~1#0/6000000#x~ | timeline 1 comes after timeline 1",
                "0#0/5000000#x~ | there is no timeline 0",
                "1#5000000#x~ | no timeline and position in line \"1#5000000#x\"",
                "one#0/5#x~ | no timeline and position in line \"one#0/5#x\"",
            })
    void whatIsNoHistoryIsRefused(String content, String why) {
        assertThatThrownBy(() -> parse(THREE, content.replace('#', '\t').replace('~', '\n')))
                .hasMessage("WAL file \"00000003.history\" is not the history of timeline 3: " + why.replace('#', '\t'))
                .asInstanceOf(type(IntegrityException.class))
                .extracting(IntegrityException::code)
                .isEqualTo(ErrorCode.NOT_WAL);
    }

    private static TimelineHistory parse(TimelineId timeline, String content) throws IntegrityException {
        return TimelineHistory.parse(timeline, content.getBytes(UTF_8));
    }
}
