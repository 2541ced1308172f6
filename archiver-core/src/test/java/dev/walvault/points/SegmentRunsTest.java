package dev.walvault.points;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.Seeds;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalSegment;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SegmentRunsTest {
    @Test
    void runsAreTheSegmentsThatTheyStandFor() {
        Seeds.forEach(300, random -> {
            var one = new TreeSet<WalSegment>();
            var other = new TreeSet<WalSegment>();
            SegmentRuns ones = random(random, one);
            SegmentRuns others = random(random, other);

            assertThat(segments(ones)).isEqualTo(one);
            assertThat(ones.segments()).isEqualTo(one.size());
            var difference = new TreeSet<>(one);
            difference.removeAll(other);
            assertThat(segments(ones.minus(others))).isEqualTo(difference);
            var both = new TreeSet<>(one);
            both.retainAll(other);
            assertThat(segments(ones.within(others))).isEqualTo(both);
            int most = random.nextInt(40);
            assertThat(segments(ones.newest(most)))
                    .isEqualTo(new TreeSet<>(
                            one.descendingSet().stream().limit(most).toList()));
            ones.addAll(others);
            one.addAll(other);
            assertThat(segments(ones)).isEqualTo(one);
            assertThat(areApart(ones.all())).isTrue();
        });
    }

    private static SegmentRuns random(RandomGenerator random, NavigableSet<WalSegment> segments) {
        var runs = new SegmentRuns();
        for (int i = random.nextInt(8); i > 0; i--) {
            var timeline = new TimelineId(1 + random.nextInt(3));
            long first = random.nextInt(30);
            long last = first + random.nextInt(6);
            runs.add(new SegmentRuns.Run(timeline, first, last));
            for (long number = first; number <= last; number++) {
                segments.add(new WalSegment(timeline, number));
            }
        }
        return runs;
    }

    private static NavigableSet<WalSegment> segments(SegmentRuns runs) {
        var segments = new TreeSet<WalSegment>();
        for (SegmentRuns.Run run : runs.all()) {
            for (long number = run.first(); number <= run.last(); number++) {
                segments.add(new WalSegment(run.timeline(), number));
            }
        }
        return segments;
    }

    /** Whether there is a gap between any two. */
    private static boolean areApart(List<SegmentRuns.Run> runs) {
        var apart = new ArrayList<Boolean>();
        for (int i = 1; i < runs.size(); i++) {
            SegmentRuns.Run before = runs.get(i - 1);
            SegmentRuns.Run run = runs.get(i);
            apart.add(!before.timeline().equals(run.timeline()) || before.last() + 1 < run.first());
        }
        return !apart.contains(false);
    }
}
