package dev.walvault.vault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.FileNames;
import dev.walvault.IntegrityException;
import dev.walvault.Seeds;
import dev.walvault.Timestamps;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.wal.Unread;
import dev.walvault.pg.wal.WalFacts;
import dev.walvault.seal.Codec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WalFactsJsonTest {
    private static final Lsn BEGIN = Lsn.parse("0/3000000");
    private static final Lsn END = Lsn.parse("0/4000000");
    private static final Instant TIME = Instant.parse("2026-11-30T10:00:00.000001Z");

    private static final WalFacts NOTHING = new WalFacts(
            BEGIN,
            END,
            BEGIN,
            END,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            List.of(),
            List.of(),
            List.of());

    private static WalFacts parse(String text) throws IntegrityException {
        return WalFactsJson.parse("the facts", text.getBytes(UTF_8));
    }

    @Test
    void ofASegmentWithNothingToTellThereIsItsPlaceOnly() throws Exception {
        assertThat(WalFactsJson.text(NOTHING))
                .isEqualTo("{\"walvault\":1,\"begin\":\"0/3000000\",\"end\":\"0/4000000\"}");
        assertThat(parse(WalFactsJson.text(NOTHING))).isEqualTo(NOTHING);
    }

    @Test
    void theTextIsTheSameEachTime() throws Exception {
        var facts = new WalFacts(
                BEGIN,
                END,
                Lsn.parse("0/3000100"),
                Lsn.parse("0/3F00000"),
                Optional.of(Unread.CHECKSUM),
                Optional.of(Lsn.parse("0/3000108")),
                Optional.of(Lsn.parse("0/3000100")),
                Optional.of(new WalFacts.TimeRange(TIME, TIME.plusSeconds(1))),
                List.of(new WalFacts.Point("a\uDCE9", Lsn.parse("0/3000200"), TIME)),
                List.of(new WalFacts.Creation(4_294_967_295L, "/srv/ü", Lsn.parse("0/3000300"))),
                List.of(new WalFacts.Drop(16_400, Lsn.parse("0/3000400"))),
                List.of(new WalFacts.Switch(new TimelineId(1), new TimelineId(-1), Lsn.parse("0/3000500"))));

        assertThat(WalFactsJson.text(facts))
                .isEqualTo(
                        "{\"walvault\":1,\"begin\":\"0/3000000\",\"end\":\"0/4000000\",\"from\":\"0/3000100\",\"to\":\"0/3F00000\","
                                + "\"unread\":\"checksum\",\"firstBegin\":\"0/3000108\",\"firstEnd\":\"0/3000100\","
                                + "\"earliest\":\"2026-11-30T10:00:00.000001Z\",\"latest\":\"2026-11-30T10:00:01.000001Z\","
                                + "\"points\":[{\"name\":\"a\\udce9\",\"lsn\":\"0/3000200\","
                                + "\"time\":\"2026-11-30T10:00:00.000001Z\"}],"
                                + "\"created\":[{\"oid\":4294967295,\"location\":\"/srv/ü\",\"lsn\":\"0/3000300\"}],"
                                + "\"dropped\":[{\"oid\":16400,\"lsn\":\"0/3000400\"}],"
                                + "\"switches\":[{\"from\":1,\"to\":4294967295,\"lsn\":\"0/3000500\"}]}");
        assertThat(parse(WalFactsJson.text(facts))).isEqualTo(facts);
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        Seeds.forEach(300, random -> {
            var facts = new WalFacts(
                    lsn(random),
                    lsn(random),
                    lsn(random),
                    lsn(random),
                    maybe(random, List.of(Unread.values()).get(random.nextInt(Unread.values().length))),
                    maybe(random, lsn(random)),
                    maybe(random, lsn(random)),
                    maybe(random, range(time(random), time(random))),
                    some(random, () -> new WalFacts.Point(name(random), lsn(random), time(random))),
                    some(random, () -> new WalFacts.Creation(random.nextInt(), name(random), lsn(random))),
                    some(random, () -> new WalFacts.Drop(random.nextLong(1L << 32), lsn(random))),
                    some(
                            random,
                            () -> new WalFacts.Switch(
                                    new TimelineId(1 + random.nextInt(9)), new TimelineId(-9), lsn(random))));

            assertThat(parse(WalFactsJson.text(facts))).isEqualTo(facts);
        });
    }

    private static <T> Optional<T> maybe(RandomGenerator random, T value) {
        return random.nextBoolean() ? Optional.of(value) : Optional.empty();
    }

    private static <T> List<T> some(RandomGenerator random, Supplier<T> value) {
        return Stream.generate(value).limit(random.nextInt(4)).toList();
    }

    private static Lsn lsn(RandomGenerator random) {
        return new Lsn(random.nextLong());
    }

    private static Instant time(RandomGenerator random) {
        return random.nextInt(10) == 0 ? Timestamps.LATEST : TIME.plusNanos(random.nextLong(1L << 50) * 1000);
    }

    private static WalFacts.TimeRange range(Instant one, Instant other) {
        return one.isBefore(other) ? new WalFacts.TimeRange(one, other) : new WalFacts.TimeRange(other, one);
    }

    private static String name(RandomGenerator random) {
        byte[] bytes = new byte[random.nextInt(64)];
        random.nextBytes(bytes);
        return FileNames.decode(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"walvault\":1,\"begin\":\"0/3000000\"}",
                "{\"walvault\":1,\"begin\":\"0/3000000\",\"end\":\"later\"}",
                "{\"walvault\":1,\"begin\":\"0/3000000\",\"end\":\"0/4000000\",\"unread\":\"because\"}",
                "{\"walvault\":1,\"begin\":\"0/3000000\",\"end\":\"0/4000000\",\"earliest\":\"2026-11-30T10:00:00Z\"}",
                "{\"walvault\":1,\"begin\":\"0/3000000\",\"end\":\"0/4000000\",\"earliest\":\"2026-11-30T10:00:00Z\","
                        + "\"latest\":\"2026-11-30T09:00:00Z\"}",
                "{\"walvault\":1,\"begin\":\"0/3000000\",\"end\":\"0/4000000\",\"points\":[{\"name\":\"p\"}]}",
                "{\"walvault\":1,\"begin\":\"0/3000000\",\"end\":\"0/4000000\",\"switches\":[{\"from\":0,\"to\":1,\"lsn\":\"0/1\"}]}"
            })
    void whatIsDamagedIsRefused(String text) {
        assertThatThrownBy(() -> parse(text)).isInstanceOf(IntegrityException.class);
    }

    @Test
    void whatALaterVersionSaysIsTooNewAndNotDamaged() {
        for (String later : List.of(
                "{\"walvault\":2,\"begin\":\"0/3000000\",\"end\":\"0/4000000\"}",
                "{\"walvault\":1,\"requires\":[\"lsn128\"],\"begin\":\"0/3000000\",\"end\":\"0/4000000\"}",
                "{\"walvault\":1,\"begin\":\"0/3000000\",\"end\":\"0/4000000\",\"unread\":\"bored\"}")) {
            Faults.of(() -> WalFactsJson.parse("facts", later.getBytes(UTF_8))).is(ErrorCode.FORMAT_TOO_NEW);
        }
    }

    @Test
    void whatIsTooMuchLeavesTheBoundsAlone() throws Exception {
        var many = new ArrayList<WalFacts.Creation>();
        for (int i = 0; i < 2000; i++) {
            many.add(new WalFacts.Creation(i, "/srv/" + "x".repeat(1000), Lsn.parse("0/3000300")));
        }
        Lsn begin = Lsn.parse("0/3000000");
        Lsn end = Lsn.parse("0/4000000");
        var facts = new WalFacts(
                begin,
                end,
                begin,
                end,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                many,
                List.of(),
                List.of());

        byte[] bytes = WalFactsJson.bytes(Optional.of(facts));

        assertThat(bytes).hasSizeLessThan(Codec.MOST_FACTS);
        WalFacts read = WalFactsJson.parse("facts", bytes);
        assertThat(read.unread()).contains(Unread.TOO_MUCH);
        assertThat(read.to()).isEqualTo(begin);
        assertThat(read.created()).isEmpty();
    }
}
