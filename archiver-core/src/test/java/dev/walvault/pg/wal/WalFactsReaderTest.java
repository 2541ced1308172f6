package dev.walvault.pg.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.walvault.Seeds;
import dev.walvault.Timestamps;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.pg.wal.GeneratedWal.Place;
import dev.walvault.pg.wal.WalFacts.TimeRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WalFactsReaderTest {
    private static final int SEGMENT = 1 << 20;

    /** 2026-11-30 10:00:00, by PostgreSQL's count. */
    private static final long TEN = 849_348_000_000_000L;

    private static final Instant AT_TEN = Instant.parse("2026-11-30T10:00:00Z");

    /** Every kind of record that tells something, of each version that has another form of it. */
    enum Kind {
        COMMIT(wal -> wal.commit(TEN)),
        COMMIT_WITH_INFO(wal -> wal.end(0x80, TEN)),
        ABORT(wal -> wal.end(0x20, TEN)),
        COMMIT_PREPARED(wal -> wal.end(0x30, TEN)),
        ABORT_PREPARED(wal -> wal.end(0x40, TEN)),
        POINT(wal -> wal.point("before the upgrade", TEN)),
        CREATE(wal -> wal.create(16_500, "/srv/space")),
        DROP(wal -> wal.drop(16_500)),
        SWITCH(wal -> wal.endOfRecovery(1, 2));

        @SuppressWarnings("ImmutableEnumChecker") // functions without state
        private final Function<GeneratedWal, Place> adding;

        Kind(Function<GeneratedWal, Place> adding) {
            this.adding = adding;
        }

        Place add(GeneratedWal wal) {
            return adding.apply(wal);
        }

        /** Whether the facts tell of this record, and of no other. */
        boolean isTold(WalFacts facts, Place place) {
            int told = facts.points().size()
                    + facts.created().size()
                    + facts.dropped().size()
                    + facts.switches().size()
                    + (facts.transactionEnds().isPresent() ? 1 : 0);
            boolean right = switch (this) {
                case POINT ->
                    facts.points().equals(List.of(new WalFacts.Point("before the upgrade", place.end(), AT_TEN)));
                case CREATE ->
                    facts.created().equals(List.of(new WalFacts.Creation(16_500, "/srv/space", place.end())));
                case DROP -> facts.dropped().equals(List.of(new WalFacts.Drop(16_500, place.end())));
                case SWITCH ->
                    facts.switches()
                            .equals(List.of(new WalFacts.Switch(TimelineId.FIRST, new TimelineId(2), place.begin())));
                default -> facts.transactionEnds().equals(Optional.of(new TimeRange(AT_TEN, AT_TEN)));
            };
            return right && told == 1;
        }
    }

    private static WalFacts read(byte[] segment, byte[] before, int piece) throws IOException {
        var reader = new WalFactsReader(header(segment), before);
        for (int at = 0; at < segment.length; at += piece) {
            reader.update(segment, at, Math.min(piece, segment.length - at));
        }
        return reader.facts();
    }

    private static WalFacts read(byte[] segment) throws IOException {
        return read(segment, new byte[0], 1 << 17);
    }

    private static WalPageHeader header(byte[] segment) throws IOException {
        return WalPageHeader.readLong("segment", segment);
    }

    static Stream<Integer> magics() {
        return Stream.of(
                GeneratedWal.GREENPLUM_6,
                GeneratedWal.GREENPLUM_7,
                GeneratedWal.V14,
                GeneratedWal.V15,
                GeneratedWal.V18,
                GeneratedWal.V19);
    }

    private static boolean has(int magic, Kind kind) {
        // version 9.4 has neither an xinfo nor another record with that number
        return magic != GeneratedWal.GREENPLUM_6 || kind != Kind.COMMIT_WITH_INFO;
    }

    @ParameterizedTest
    @MethodSource("magics")
    void eachKindOfRecordIsReadAcrossTheEndOfASegmentAtEverySplit(int magic, @TempDir Path directory) throws Exception {
        for (Kind kind : Kind.values()) {
            for (int before = 8; has(magic, kind) && before <= 128; before += 8) {
                var wal = GeneratedWal.of(magic);
                wal.fillUntilBeforeEnd(before);
                Place place = kind.add(wal);
                wal.filler(160);
                boolean crosses = place.end().minus(new Lsn(5L << 20)) > 0;
                byte[] first = wal.segment(0);
                String what = kind + ", " + before + " bytes before the end";

                WalFacts early = read(first);
                assertThat(early.isComplete()).as(what).isTrue();
                assertThat(kind.isTold(early, place)).as(what).isEqualTo(!crosses);
                assertThat(early.transactionEnds().isEmpty() && early.points().isEmpty())
                        .as(what)
                        .isEqualTo(crosses || kind.compareTo(Kind.POINT) > 0);
                if (crosses) {
                    byte[] second = wal.segment(1);
                    WalFacts late = read(second, lastPages(directory, first, second), 1 << 17);
                    assertThat(kind.isTold(late, place)).as(what).isTrue();
                    assertThat(late.from()).as(what).isEqualTo(late.begin());
                    assertThat(late.firstEnd()).as(what).contains(place.end());

                    WalFacts alone = read(second);
                    assertThat(kind.isTold(alone, place)).as(what).isFalse();
                    assertThat(alone.from())
                            .as("unknown is what ends in the first bytes")
                            .isEqualTo(place.end());
                    assertThat(alone.isComplete()).isFalse();
                    assertThat(alone.firstEnd()).as(what).contains(place.end());
                }
            }
        }
    }

    private static byte[] lastPages(Path directory, byte[] first, byte[] second) throws IOException {
        Path file = Files.write(directory.resolve("before"), first);
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            return LastPages.read(channel, header(second)).orElseThrow();
        }
    }

    /** Any mixture of records, and what there is to tell of them. */
    private static final class Mixture {
        private final RandomGenerator random;
        private final GeneratedWal wal;
        private final List<WalFacts.Point> points = new ArrayList<>();
        private final List<WalFacts.Creation> created = new ArrayList<>();
        private final List<WalFacts.Drop> dropped = new ArrayList<>();
        private long earliest = Long.MAX_VALUE;
        private long latest = Long.MIN_VALUE;

        Mixture(RandomGenerator random, int magic) {
            this.random = random;
            wal = GeneratedWal.of(magic);
            while (wal.position().minus(new Lsn(5L << 20)) < 0) {
                add();
            }
        }

        private void add() {
            long time = TEN + random.nextInt(1_000_000) - 500_000;
            Lsn end = new Lsn(5L << 20);
            Place place;
            switch (random.nextInt(8)) {
                case 0 -> {
                    place = wal.end(List.of(0x00, 0x20, 0x30, 0x40).get(random.nextInt(4)), time);
                    if (!place.end().isAfter(end)) {
                        earliest = Math.min(earliest, time);
                        latest = Math.max(latest, time);
                    }
                }
                case 1 -> {
                    place = wal.point("p" + points.size() % 3, time);
                    points.add(new WalFacts.Point("p" + points.size() % 3, place.end(), instant(time)));
                }
                case 2 -> {
                    String location = "/s/" + "x".repeat(random.nextInt(1000));
                    place = wal.create(16_400, location);
                    created.add(new WalFacts.Creation(16_400, location, place.end()));
                }
                case 3 -> {
                    place = wal.drop(16_400);
                    dropped.add(new WalFacts.Drop(16_400, place.end()));
                }
                default -> wal.filler((5 + random.nextInt(random.nextInt(10) == 0 ? 4000 : 30)) * 8);
            }
            points.removeIf(point -> point.lsn().isAfter(end));
            created.removeIf(each -> each.lsn().isAfter(end));
            dropped.removeIf(each -> each.lsn().isAfter(end));
        }

        void assertToldBy(WalFacts facts) {
            assertThat(facts.unread()).isEmpty();
            assertThat(facts.isComplete()).isTrue();
            assertThat(facts.points()).isEqualTo(points);
            assertThat(facts.created()).isEqualTo(created);
            assertThat(facts.dropped()).isEqualTo(dropped);
            assertThat(facts.transactionEnds()).contains(new TimeRange(instant(earliest), instant(latest)));
        }
    }

    private static Instant instant(long time) {
        return AT_TEN.plusNanos((time - TEN) * 1000);
    }

    @ParameterizedTest
    @MethodSource("magics")
    void theFactsAreTheSameInWhateverPiecesTheSegmentComes(int magic) {
        Seeds.forEach(2, random -> {
            var mixture = new Mixture(random, magic);
            byte[] segment = mixture.wal.segment(0);
            WalFacts whole = read(segment, new byte[0], SEGMENT);

            mixture.assertToldBy(whole);
            for (int piece : List.of(1, 7, 24, 8191, 100_000)) {
                assertThat(read(segment, new byte[0], piece))
                        .as("pieces of %s", piece)
                        .isEqualTo(whole);
            }
            var reader = new WalFactsReader(header(segment));
            for (int at = 0; at < SEGMENT; ) {
                int part = Math.min(SEGMENT - at, random.nextInt(random.nextBoolean() ? 50 : 50_000));
                reader.update(segment, at, part);
                at += part;
            }
            assertThat(reader.facts()).isEqualTo(whole);
        });
    }

    @ParameterizedTest
    @MethodSource("magics")
    void damageIsNeverThrownAndNothingIsInvented(int magic) {
        Seeds.forEach(40, random -> {
            byte[] segment = new Mixture(random, magic).wal.segment(0);
            WalFacts whole = read(segment);
            int at = WalPageHeader.BYTES + random.nextInt(SEGMENT - WalPageHeader.BYTES);
            int count = 1 + random.nextInt(random.nextBoolean() ? 1 : 20_000);
            for (int i = at; i < Math.min(at + count, SEGMENT); i++) {
                segment[i] = (byte) random.nextInt();
            }

            WalFacts facts = read(segment);

            assertThat(whole.points()).containsAll(facts.points());
            assertThat(whole.created()).containsAll(facts.created());
            assertThat(whole.dropped()).containsAll(facts.dropped());
            assertThat(facts.to()).isBetween(facts.begin(), facts.end());
            assertThat(facts.to().equals(facts.end())).isEqualTo(facts.unread().isEmpty());
        });
    }

    @Test
    void whatIsNoWalAtAllIsNotRead() {
        Seeds.forEach(20, random -> {
            var wal = GeneratedWal.of(GeneratedWal.V15);
            wal.filler(80);
            byte[] noise = new byte[SEGMENT];
            random.nextBytes(noise);
            System.arraycopy(wal.segment(0), 0, noise, 0, WalPageHeader.BYTES);

            WalFacts facts = read(noise);

            assertThat(facts.unread()).contains(Unread.RECORD);
            assertThat(facts.to().minus(facts.begin())).isEqualTo(WalPageHeader.BYTES);
            assertThat(facts.isComplete()).isFalse();
        });
    }

    @Test
    void aVersionThatIsNotKnownIsNotRead() throws Exception {
        var wal = GeneratedWal.of(0xD199);
        wal.point("p", TEN);

        WalFacts facts = read(wal.segment(0));

        assertThat(facts.unread()).contains(Unread.VERSION);
        assertThat(facts.from()).isEqualTo(facts.begin());
        assertThat(facts.to()).isEqualTo(facts.begin());
        assertThat(facts.points()).isEmpty();
    }

    @Test
    void aWrongByteInWhatIsReadEndsTheReading() throws Exception {
        var wal = GeneratedWal.of(GeneratedWal.V15);
        Place first = wal.point("first", TEN);
        Place second = wal.point("second", TEN);
        wal.point("third", TEN);
        byte[] segment = wal.segment(0);
        segment[(int) second.begin().minus(first.begin()) + WalPageHeader.BYTES + 60] ^= 1;

        WalFacts facts = read(segment);

        assertThat(facts.unread()).contains(Unread.CHECKSUM);
        assertThat(facts.to()).isEqualTo(second.begin());
        assertThat(facts.points()).extracting(WalFacts.Point::name).containsExactly("first");
    }

    @Test
    void whatWasWrittenOnAPageThatDoesNotFollowIsNotRead() throws Exception {
        var wal = GeneratedWal.of(GeneratedWal.V15);
        wal.fillUntilBeforeEnd(40);
        byte[] segment = wal.segment(0);
        ByteBuffer.wrap(segment).putLong(5 * 8192 + 8, 17);

        WalFacts facts = read(segment);

        assertThat(facts.unread()).contains(Unread.PAGE);
        assertThat(facts.to().minus(facts.begin()))
                .isLessThanOrEqualTo(5 * 8192L)
                .isGreaterThan(4 * 8192L);
    }

    @Test
    void aRecordThatNamesAnotherOneBeforeItIsNone() throws Exception {
        var wal = GeneratedWal.of(GeneratedWal.V15);
        wal.filler(80);
        Place wrong = wal.filler(80);
        wal.point("p", TEN);
        byte[] segment = wal.segment(0);
        segment[(int) wrong.begin().minus(new Lsn(4L << 20)) + 8] ^= 8;

        WalFacts facts = read(segment);

        assertThat(facts.unread()).contains(Unread.RECORD);
        assertThat(facts.to()).isEqualTo(wrong.begin());
    }

    @ParameterizedTest
    @CsvSource({"16, how much of the record is left", "4, the timeline", "2, whether a record goes on", "8, its place"})
    void aPageWithAnotherHeaderThanItShouldHaveEndsTheReading(int at, String what) throws Exception {
        var wal = GeneratedWal.of(GeneratedWal.V15);
        Place place = wal.filler(20_000);
        wal.point("p", TEN);
        byte[] segment = wal.segment(0);
        segment[2 * 8192 + at] ^= 1;

        WalFacts facts = read(segment);

        assertThat(facts.unread()).as(what).contains(Unread.PAGE);
        assertThat(facts.to()).as(what).isEqualTo(place.begin());
    }

    @ParameterizedTest
    @MethodSource("magics")
    void whatFollowsASwitchOfSegmentsIsNothing(int magic) throws Exception {
        var wal = GeneratedWal.of(magic);
        wal.point("p", TEN);
        wal.switchSegment();
        Place next = wal.point("q", TEN);

        WalFacts facts = read(wal.segment(0));
        assertThat(facts.isComplete()).isTrue();
        assertThat(facts.points()).extracting(WalFacts.Point::name).containsExactly("p");

        WalFacts following = read(wal.segment(1));
        assertThat(following.from()).isEqualTo(following.begin());
        assertThat(following.firstBegin()).contains(next.begin());
        assertThat(following.unread()).as("it is not finished").contains(Unread.END);
        assertThat(following.to()).isEqualTo(next.end());
    }

    @ParameterizedTest
    @MethodSource("magics")
    void aRecordThatACrashBrokeOffIsNone(int magic) throws Exception {
        var wal = GeneratedWal.of(magic);
        wal.fillUntilBeforeEnd(4 * (magic < GeneratedWal.V14 ? 32768 : 8192) + 64);
        wal.addBroken(new byte[100_000], 10_000);
        wal.overwrite();
        wal.point("after the crash", TEN);
        wal.fillUntilBeforeEnd(40);
        wal.filler(40);

        WalFacts facts = read(wal.segment(0));

        assertThat(facts.isComplete()).isTrue();
        assertThat(facts.points()).extracting(WalFacts.Point::name).containsExactly("after the crash");
    }

    @Test
    void aRecordThatTakesMoreThanASegmentLeavesNothingUnknownWhereItDoesNotEnd() throws Exception {
        var wal = GeneratedWal.of(GeneratedWal.V15);
        wal.filler(2 * SEGMENT + 80_000);
        wal.point("p", TEN);

        WalFacts middle = read(wal.segment(1));
        assertThat(middle.isComplete()).isTrue();
        assertThat(middle.firstBegin()).isEmpty();
        assertThat(middle.firstEnd()).isEmpty();

        WalFacts last = read(wal.segment(2));
        assertThat(last.from().minus(last.begin())).isGreaterThan(80_000);
        assertThat(last.firstEnd()).contains(last.from());
        assertThat(last.points()).hasSize(1);
    }

    @Test
    void timesMayGoBack() throws Exception {
        var wal = GeneratedWal.of(GeneratedWal.V15);
        wal.commit(TEN + 5);
        wal.end(0x20, TEN - 3);
        wal.commit(TEN);

        assertThat(read(wal.segment(0)).transactionEnds())
                .contains(new TimeRange(AT_TEN.minusNanos(3000), AT_TEN.plusNanos(5000)));
    }

    @Test
    void aClockThatIsOutOfItsMindHasTheLastTimeThatAVaultCanHave() throws Exception {
        var wal = GeneratedWal.of(GeneratedWal.V15);
        wal.commit(Long.MAX_VALUE);
        wal.commit(Long.MIN_VALUE);

        assertThat(read(wal.segment(0)).transactionEnds())
                .contains(new TimeRange(Timestamps.EARLIEST, Timestamps.LATEST));
    }

    @Test
    void namesAreBytes() throws Exception {
        var wal = GeneratedWal.of(GeneratedWal.V15);
        byte[] data = new byte[72];
        data[8] = 'a';
        data[9] = (byte) 0xE9;
        wal.add(GeneratedWal.XLOG, 0x70, data);

        assertThat(read(wal.segment(0)).points())
                .extracting(WalFacts.Point::name)
                .containsExactly("a\uDCE9");
    }

    @Test
    void oneNameMayBeThereTwice() throws Exception {
        var wal = GeneratedWal.of(GeneratedWal.V15);
        Place first = wal.point("p", TEN);
        Place second = wal.point("p", TEN + 1);

        assertThat(read(wal.segment(0)).points())
                .extracting(WalFacts.Point::name, WalFacts.Point::lsn)
                .containsExactly(tuple("p", first.end()), tuple("p", second.end()));
    }

    @Test
    void anOrdinaryShutdownIsNoSwitchOfTimelines() throws Exception {
        var wal = GeneratedWal.of(GeneratedWal.V15);
        wal.shutdown(1, 1);
        Place place = wal.shutdown(1, 2);

        assertThat(read(wal.segment(0)).switches())
                .containsExactly(new WalFacts.Switch(TimelineId.FIRST, new TimelineId(2), place.begin()));
    }

    @Test
    void whatOnlyForksCountAmongCommitsIsCounted() throws Exception {
        var six = GeneratedWal.of(GeneratedWal.GREENPLUM_6);
        six.end(0x60, TEN);
        var distributed = GeneratedWal.of(GeneratedWal.GREENPLUM_6);
        distributed.end(0x70, TEN);
        var seven = GeneratedWal.of(GeneratedWal.GREENPLUM_7);
        seven.end(0x60, TEN);
        seven.end(0x70, TEN + 1);
        var cloudberry = GeneratedWal.of(GeneratedWal.V14);
        cloudberry.end(0x70, TEN);
        cloudberry.end(0x60, TEN + 1);
        // a distributed transaction that may be forgotten: its number, and nothing else
        cloudberry.add(GeneratedWal.TRANSACTION, 0x80, new byte[8]);

        for (GeneratedWal wal : List.of(six, seven, cloudberry)) {
            assertThat(read(wal.segment(0)).transactionEnds()).contains(new TimeRange(AT_TEN, AT_TEN));
        }
        assertThat(read(distributed.segment(0)).transactionEnds()).isEmpty();
    }

    @Test
    void ofMoreThanAnyoneAsksForTheFirstAreKept() throws Exception {
        var wal = new GeneratedWal(GeneratedWal.V15, 8192, new WalSegmentSize(2 << 20), new Lsn(4L << 20));
        for (int i = 0; i < 11_000; i++) {
            wal.point("p", TEN);
        }

        WalFacts facts = read(wal.segment(0));

        assertThat(facts.unread()).contains(Unread.TOO_MUCH);
        assertThat(facts.points()).hasSize(10_000);
        assertThat(facts.to()).isEqualTo(facts.points().getLast().lsn());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anotherSegmentBeforeIsNoneBefore(boolean sameLength) throws Exception {
        var wal = GeneratedWal.of(GeneratedWal.V15);
        wal.fillUntilBeforeEnd(16);
        Place place = wal.point("p", TEN);
        byte[] second = wal.segment(1);
        var other = GeneratedWal.of(GeneratedWal.V15);
        other.fillUntilBeforeEnd(sameLength ? 16 : 48);
        other.filler(sameLength ? 96 : 400);
        byte[] pages = Arrays.copyOfRange(other.segment(0), SEGMENT - 8192, SEGMENT);

        WalFacts facts = read(second, pages, 1 << 17);

        assertThat(facts.points()).isEmpty();
        assertThat(facts.from()).isEqualTo(place.end());
    }

    @Test
    void whatARecoveryToATimeReplaysGoesUpToTheFirstCommitThatIsPast() throws Exception {
        GeneratedWal wal = GeneratedWal.of(GeneratedWal.V15);
        wal.create(16_500, "/before");
        Place behind = wal.commit(TEN + 5);
        wal.create(16_501, "/one");
        wal.commit(TEN);
        Place past = wal.commit(TEN + 2);
        wal.create(16_502, "/two");
        wal.commit(TEN + 1);
        byte[] segment = wal.segment(0);

        var reader =
                WalFactsReader.upTo(WalPageHeader.readLong("it", segment), behind.end(), time -> time.isAfter(AT_TEN));
        reader.update(segment, 0, segment.length);

        assertThat(reader.past()).contains(past.begin());
        assertThat(reader.facts().to()).isEqualTo(past.begin());
        assertThat(reader.facts().created())
                .extracting(WalFacts.Creation::location)
                .containsExactly("/one");
        assertThat(reader.facts().transactionEnds()).contains(new TimeRange(AT_TEN, AT_TEN));
    }
}
