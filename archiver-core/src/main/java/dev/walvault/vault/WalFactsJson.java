package dev.walvault.vault;

import dev.walvault.IntegrityException;
import dev.walvault.Timestamps;
import dev.walvault.json.JsonObject;
import dev.walvault.json.JsonText;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.wal.Unread;
import dev.walvault.pg.wal.WalFacts;
import dev.walvault.seal.Codec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The facts of a segment as a vault has them: one JSON object whose text is the same wherever the facts are. What is
 * empty is left out, and so are {@code from} and {@code to} where they are the segment's own beginning and end.
 */
public final class WalFactsJson {
    private static final Set<String> REASONS =
            Stream.of(Unread.values()).map(WalFactsJson::word).collect(Collectors.toUnmodifiableSet());

    private WalFactsJson() {}

    /** The object on one line, without a line feed. */
    public static String text(WalFacts facts) {
        return JsonText.object(json -> put(facts, json));
    }

    /** What goes behind the content of a segment: no bytes where nothing is known. It always fits there. */
    static byte[] bytes(Optional<WalFacts> facts) {
        byte[] all = facts.map(WalFactsJson::text).orElse("").getBytes(StandardCharsets.UTF_8);
        return all.length <= Codec.MOST_FACTS
                ? all
                : text(facts.orElseThrow().tooMuch()).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads what {@link #text} has written.
     *
     * @param document its name in messages
     * @throws IntegrityException if it is damaged, or of a later version that has more to say
     */
    public static WalFacts parse(String document, byte[] utf8) throws IntegrityException {
        JsonObject json = JsonObject.parse(document, utf8).requireFormat();
        Lsn begin = json.as("begin", Lsn::parse);
        Lsn end = json.as("end", Lsn::parse);
        return new WalFacts(
                begin,
                end,
                find(json, "from", Lsn::parse).orElse(begin),
                find(json, "to", Lsn::parse).orElse(end),
                unread(json),
                find(json, "firstBegin", Lsn::parse),
                find(json, "firstEnd", Lsn::parse),
                range(json),
                points(json),
                created(json),
                dropped(json),
                switches(json));
    }

    private static void put(WalFacts facts, JsonText json) {
        json.put("walvault", JsonObject.FORMAT)
                .put("begin", facts.begin().toString())
                .put("end", facts.end().toString());
        if (!facts.from().equals(facts.begin())) {
            json.put("from", facts.from().toString());
        }
        if (!facts.to().equals(facts.end())) {
            json.put("to", facts.to().toString());
        }
        json.put("unread", facts.unread().map(WalFactsJson::word))
                .put("firstBegin", facts.firstBegin().map(Lsn::toString))
                .put("firstEnd", facts.firstEnd().map(Lsn::toString))
                .put(
                        "earliest",
                        facts.transactionEnds().map(range -> range.earliest().toString()))
                .put(
                        "latest",
                        facts.transactionEnds().map(range -> range.latest().toString()));
        putAll(
                json,
                "points",
                facts.points(),
                (point, object) -> object.put("name", point.name())
                        .put("lsn", point.lsn().toString())
                        .put("time", point.time().toString()));
        putAll(
                json,
                "created",
                facts.created(),
                (each, object) -> object.put("oid", each.oid())
                        .put("location", each.location())
                        .put("lsn", each.lsn().toString()));
        putAll(
                json,
                "dropped",
                facts.dropped(),
                (each, object) ->
                        object.put("oid", each.oid()).put("lsn", each.lsn().toString()));
        putAll(
                json,
                "switches",
                facts.switches(),
                (each, object) -> object.put("from", number(each.from()))
                        .put("to", number(each.to()))
                        .put("lsn", each.lsn().toString()));
    }

    private static <T> void putAll(JsonText json, String name, List<T> values, BiConsumer<T, JsonText> put) {
        if (!values.isEmpty()) {
            List<Consumer<JsonText>> objects = new ArrayList<>();
            values.forEach(value -> objects.add(object -> put.accept(value, object)));
            json.putObjects(name, objects);
        }
    }

    private static long number(TimelineId timeline) {
        return Integer.toUnsignedLong(timeline.value());
    }

    private static <T> Optional<T> find(JsonObject json, String name, Function<String, T> parse)
            throws IntegrityException {
        return json.has(name) ? Optional.of(json.as(name, parse)) : Optional.empty();
    }

    private static Optional<Unread> unread(JsonObject json) throws IntegrityException {
        return json.has("unread")
                ? Optional.of(Unread.valueOf(json.word("unread", REASONS).toUpperCase(Locale.ROOT)))
                : Optional.empty();
    }

    private static String word(Unread reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }

    private static Optional<WalFacts.TimeRange> range(JsonObject json) throws IntegrityException {
        if (!json.has("earliest")) {
            return Optional.empty();
        }
        Instant earliest = json.as("earliest", Timestamps::parse);
        return Optional.of(json.as("latest", text -> new WalFacts.TimeRange(earliest, Timestamps.parse(text))));
    }

    private static List<WalFacts.Point> points(JsonObject json) throws IntegrityException {
        List<WalFacts.Point> points = new ArrayList<>();
        for (JsonObject point : json.objects("points")) {
            points.add(new WalFacts.Point(
                    point.text("name"), point.as("lsn", Lsn::parse), point.as("time", Timestamps::parse)));
        }
        return points;
    }

    private static List<WalFacts.Creation> created(JsonObject json) throws IntegrityException {
        List<WalFacts.Creation> created = new ArrayList<>();
        for (JsonObject each : json.objects("created")) {
            created.add(new WalFacts.Creation(each.number("oid"), each.text("location"), each.as("lsn", Lsn::parse)));
        }
        return created;
    }

    private static List<WalFacts.Drop> dropped(JsonObject json) throws IntegrityException {
        List<WalFacts.Drop> dropped = new ArrayList<>();
        for (JsonObject each : json.objects("dropped")) {
            dropped.add(new WalFacts.Drop(each.number("oid"), each.as("lsn", Lsn::parse)));
        }
        return dropped;
    }

    private static List<WalFacts.Switch> switches(JsonObject json) throws IntegrityException {
        List<WalFacts.Switch> switches = new ArrayList<>();
        for (JsonObject each : json.objects("switches")) {
            switches.add(new WalFacts.Switch(
                    each.numberAs("from", WalFactsJson::timeline),
                    each.numberAs("to", WalFactsJson::timeline),
                    each.as("lsn", Lsn::parse)));
        }
        return switches;
    }

    private static TimelineId timeline(long number) {
        return TimelineId.parse(Long.toString(number));
    }
}
