package dev.walvault.prefetch;

import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How far a recovering server has come with its requests.
 *
 * @param server who asks; what another one asked for tells nothing
 * @param served the last segment it was given
 * @param atEnd whether a segment that was asked for after it is not in the vault
 * @param target the newest timeline whose history it was given: the one it recovers along
 * @param started when a {@link Prefetcher} was started the last time
 */
record RecoveryPosition(
        RecoveringServer server,
        Optional<WalFile.Segment> served,
        boolean atEnd,
        Optional<TimelineId> target,
        Optional<Instant> started) {
    private static final String SERVER = "server";
    private static final String SERVED = "served";
    private static final String AT_END = "end";
    private static final String TARGET = "target";
    private static final String STARTED = "started";

    static RecoveryPosition unknown(RecoveringServer server) {
        return new RecoveryPosition(server, Optional.empty(), false, Optional.empty(), Optional.empty());
    }

    boolean isUnknown() {
        return equals(unknown(server));
    }

    RecoveryPosition served(WalFile.Segment segment) {
        return new RecoveryPosition(server, Optional.of(segment), false, target, started);
    }

    RecoveryPosition ended() {
        return new RecoveryPosition(server, served, true, target, started);
    }

    /** A server also asks for the histories of older timelines, to have them. */
    RecoveryPosition along(TimelineId timeline) {
        boolean newer = target.isEmpty() || target.get().compareTo(timeline) < 0;
        return newer ? new RecoveryPosition(server, served, atEnd, Optional.of(timeline), started) : this;
    }

    RecoveryPosition started(Instant when) {
        return new RecoveryPosition(server, served, atEnd, target, Optional.of(when));
    }

    /** Whether {@code next} is the segment after the one served last, whatever size the system's segments have. */
    boolean isFollowedBy(WalFile.Segment next) {
        if (served.isEmpty() || atEnd) {
            return false;
        }
        WalFile.Segment last = served.get();
        boolean sameLog = next.logId() == last.logId() && next.segmentInLog() == last.segmentInLog() + 1;
        boolean nextLog = next.logId() == last.logId() + 1 && next.segmentInLog() == 0;
        return (sameLog || nextLog) && next.timeline().compareTo(last.timeline()) >= 0;
    }

    /** Whether the server asks once more for what it was served last. */
    boolean isRepeatedBy(WalFile.Segment next) {
        return served.filter(next::equals).isPresent();
    }

    /** One member in each line: its name and its value. */
    String toText() {
        var text = new StringBuilder();
        line(text, SERVER, server.process());
        served.ifPresent(segment -> line(text, SERVED, segment.name()));
        if (atEnd) {
            line(text, AT_END, "yes");
        }
        target.ifPresent(timeline -> line(text, TARGET, timeline.toString()));
        started.ifPresent(when -> line(text, STARTED, when.toString()));
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(name).append(' ').append(value).append('\n');
    }

    /** Empty for what {@link #toText} has not made. */
    static Optional<RecoveryPosition> parse(String text) {
        Map<String, String> members = new TreeMap<>();
        text.lines().forEach(line -> {
            int space = line.indexOf(' ');
            members.put(line.substring(0, Math.max(space, 0)), line.substring(space + 1));
        });
        Optional<String> server = Optional.ofNullable(members.get(SERVER));
        try {
            return server.map(process -> new RecoveryPosition(
                    new RecoveringServer(process),
                    Optional.ofNullable(members.get(SERVED)).map(RecoveryPosition::segment),
                    members.containsKey(AT_END),
                    Optional.ofNullable(members.get(TARGET)).map(TimelineId::parse),
                    Optional.ofNullable(members.get(STARTED)).map(Instant::parse)));
        } catch (IllegalArgumentException | DateTimeParseException _) {
            return Optional.empty();
        }
    }

    private static WalFile.Segment segment(String name) {
        if (WalFile.parse(name) instanceof WalFile.Segment segment) {
            return segment;
        }
        throw new IllegalArgumentException("\"" + name + "\" is no segment");
    }
}
