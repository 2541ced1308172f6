package dev.walvault.pg.wal;

import dev.walvault.pg.TimelineId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code pg_waldump} prints of the records of some WAL, or what the facts of its segments say, in one form;
 * without places, which are compared record by record.
 */
public record JudgedFacts(
        List<String> points,
        List<String> created,
        List<Long> dropped,
        List<String> switches,
        Optional<WalFacts.TimeRange> transactionEnds) {
    private static final Pattern POINT = Pattern.compile("rmgr: XLOG .* desc: RESTORE_POINT (.*)");
    private static final Pattern CREATE = Pattern.compile("rmgr: Tablespace .* desc: CREATE (\\d+) \"(.*)\"");
    private static final Pattern DROP = Pattern.compile("rmgr: Tablespace .* desc: DROP (\\d+)");
    private static final Pattern END = Pattern.compile("rmgr: Transaction .* desc: (?:COMMIT|ABORT)(?:_PREPARED \\d+:)?"
            + " (\\d{4}-\\d\\d-\\d\\d) (\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?)(?: UTC|\\+00)(?:;.*)?");
    private static final Pattern SWITCH =
            Pattern.compile("rmgr: XLOG .* desc: END_OF_RECOVERY tli (\\d+); prev tli (\\d+); .*");

    /** Of what was printed, line by line, with times in UTC. */
    public static JudgedFacts ofPrinted(List<String> lines) {
        var points = new ArrayList<String>();
        var created = new ArrayList<String>();
        var dropped = new ArrayList<Long>();
        var switches = new ArrayList<String>();
        var ends = new ArrayList<Instant>();
        for (String line : lines) {
            find(POINT, line).ifPresent(match -> points.add(match.group(1)));
            find(CREATE, line).ifPresent(match -> created.add(match.group(1) + " " + match.group(2)));
            find(DROP, line).ifPresent(match -> dropped.add(Long.parseLong(match.group(1))));
            find(SWITCH, line).ifPresent(match -> switches.add(match.group(2) + " to " + match.group(1)));
            find(END, line).ifPresent(match -> ends.add(Instant.parse(match.group(1) + "T" + match.group(2) + "Z")));
        }
        return new JudgedFacts(points, created, dropped, switches, range(ends));
    }

    /** Of the facts of segments that follow each other. */
    public static JudgedFacts of(List<WalFacts> segments) {
        List<Instant> ends = segments.stream()
                .flatMap(facts -> facts.transactionEnds().stream())
                .flatMap(range -> List.of(range.earliest(), range.latest()).stream())
                .toList();
        return new JudgedFacts(
                segments.stream()
                        .flatMap(facts -> facts.points().stream())
                        .map(WalFacts.Point::name)
                        .toList(),
                segments.stream()
                        .flatMap(facts -> facts.created().stream())
                        .map(each -> each.oid() + " " + each.location())
                        .toList(),
                segments.stream()
                        .flatMap(facts -> facts.dropped().stream())
                        .map(WalFacts.Drop::oid)
                        .toList(),
                segments.stream()
                        .flatMap(facts -> facts.switches().stream())
                        .map(each -> text(each.from()) + " to " + text(each.to()))
                        .toList(),
                range(ends));
    }

    private static String text(TimelineId timeline) {
        return timeline.toString();
    }

    private static Optional<Matcher> find(Pattern pattern, String line) {
        return Optional.of(pattern.matcher(line)).filter(Matcher::matches);
    }

    private static Optional<WalFacts.TimeRange> range(List<Instant> times) {
        return times.stream()
                .min(Instant::compareTo)
                .map(earliest -> new WalFacts.TimeRange(
                        earliest, times.stream().max(Instant::compareTo).orElseThrow()));
    }
}
