package dev.walvault.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.Seeds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WalSegmentTest {

    private static final TimelineId ONE = TimelineId.FIRST;

    @ParameterizedTest
    @CsvSource({
        "1, FFF, 000000010000000000000FFF, 000000010000000100000000",
        "16, FF, 0000000100000000000000FF, 000000010000000100000000",
        "64, 3F, 00000001000000000000003F, 000000010000000100000000",
        "1024, 3, 000000010000000000000003, 000000010000000100000000",
    })
    void namesRunOverAtFourGigabytes(int megabytes, String lastOfLog, String name, String next) {
        var size = new WalSegmentSize(megabytes << 20);
        var last = new WalSegment(ONE, Long.parseLong(lastOfLog, 16));

        assertThat(last.fileName(size)).isEqualTo(name);
        assertThat(last.next().fileName(size)).isEqualTo(next);
        assertThat(last.endLsn(size)).isEqualTo(Lsn.parse("1/0"));
    }

    @Test
    void anExactBoundaryBelongsToTheSegmentThatBeginsThere() {
        var boundary = Lsn.parse("0/2000000");

        assertThat(WalSegment.containing(boundary, ONE, WalSegmentSize.DEFAULT)).isEqualTo(new WalSegment(ONE, 2));
        assertThat(WalSegment.ofLastByteBefore(boundary, ONE, WalSegmentSize.DEFAULT))
                .isEqualTo(new WalSegment(ONE, 1));
        assertThatThrownBy(() -> WalSegment.ofLastByteBefore(Lsn.ZERO, ONE, WalSegmentSize.DEFAULT))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aSegmentContainsItsPositionAndItsNameLeadsBackToIt() {
        Seeds.forEach(200, random -> {
            var size = new WalSegmentSize(1 << (20 + random.nextInt(11)));
            var lsn = new Lsn(random.nextLong());

            var segment = WalSegment.containing(lsn, ONE, size);

            assertThat(segment.startLsn(size)).isLessThanOrEqualTo(lsn);
            assertThat(lsn.minus(segment.startLsn(size))).isBetween(0L, size.bytes() - 1L);
            assertThat(segment.endLsn(size).minus(segment.startLsn(size))).isEqualTo(size.bytes());
            assertThat(segment.file(size).toWalSegment(size)).isEqualTo(segment);
        });
    }

    @Test
    void olderTimelinesComeFirst() {
        var older = new WalSegment(ONE, 9);
        var newer = new WalSegment(new TimelineId(2), 3);
        var farthest = new WalSegment(new TimelineId(-1), 0);

        assertThat(older).isLessThan(newer);
        assertThat(newer).isLessThan(newer.next());
        assertThat(newer.next()).isLessThan(farthest);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1, 1 << 19, 3 << 20, (16 << 20) + 1, Integer.MIN_VALUE})
    void onlyPowersOfTwoFromOneMegabyteToOneGigabyteAreSizes(int bytes) {
        assertThat(WalSegmentSize.isValid(bytes)).isFalse();
        assertThatThrownBy(() -> new WalSegmentSize(bytes)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void timelinesAndSystemIdentifiersAreUnsigned() {
        assertThat(TimelineId.parse("4294967295")).isEqualTo(new TimelineId(-1)).hasToString("4294967295");
        assertThat(TimelineId.parseHex("FFFFFFFF").hex()).isEqualTo("FFFFFFFF");
        assertThat(SystemIdentifier.parse("18446744073709551615")).hasToString("18446744073709551615");
        assertThatThrownBy(() -> TimelineId.parse("0")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TimelineId.parse("-1")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TimelineId.parseHex("1")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SystemIdentifier.parse("x")).isInstanceOf(IllegalArgumentException.class);
    }
}
