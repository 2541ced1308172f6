package dev.walvault.pg;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a timeline came from: the content of its history file (readTimeLineHistory and writeTimeLineHistory of
 * {@code timeline.c}).
 *
 * <p>The entries are its ancestors, oldest first, each with the position where the line of descent left it. Positions
 * need not increase: a server recovered along timeline 2 to a point before timeline 2 began writes both switch points
 * all the same. Every answer here takes that into account.
 */
public record TimelineHistory(TimelineId timeline, List<Entry> entries) {
    private static final Pattern LINE =
            Pattern.compile("([0-9]{1,10})\\s+([0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8})(?:\\s(.*))?");

    /** An ancestor, and where it was left. The first byte of the next timeline is the one at the switch point. */
    public record Entry(TimelineId timeline, Lsn switchPoint, String reason) {}

    public TimelineHistory {
        entries = List.copyOf(entries);
        if (entries.isEmpty() != timeline.isFirst()) {
            throw new IllegalArgumentException(
                    timeline.isFirst()
                            ? "timeline 1 has no ancestors"
                            : "timeline " + timeline + " has no ancestors, but must come from somewhere");
        }
        for (int i = 0; i < entries.size(); i++) {
            var ancestor = entries.get(i).timeline();
            if (ancestor.compareTo(timeline) >= 0) {
                throw new IllegalArgumentException(
                        "timeline " + ancestor + " cannot be an ancestor of timeline " + timeline);
            }
            if (i > 0 && ancestor.compareTo(entries.get(i - 1).timeline()) <= 0) {
                throw new IllegalArgumentException("timeline " + ancestor + " comes after timeline "
                        + entries.get(i - 1).timeline());
            }
        }
    }

    /** Of timeline 1, which has no history file. */
    public static TimelineHistory initial() {
        return new TimelineHistory(TimelineId.FIRST, List.of());
    }

    /**
     * Reads a history file. Empty lines and comments are skipped, as the server does; unlike the server, a last line
     * that is not ended is an error, because a file cut short would be believed.
     *
     * @throws IntegrityException (NOT_WAL) if the content is none of the given timeline
     */
    public static TimelineHistory parse(TimelineId timeline, byte[] content) throws IntegrityException {
        var text = new String(content, StandardCharsets.UTF_8);
        if (!text.endsWith("\n")) {
            throw bad(timeline, text.isEmpty() ? "it is empty" : "its last line is cut short");
        }
        var entries = new ArrayList<Entry>();
        for (var line : text.split("\n", -1)) {
            var stripped = line.strip();
            if (!stripped.isEmpty() && stripped.charAt(0) != '#') {
                entries.add(entry(timeline, stripped));
            }
        }
        try {
            return new TimelineHistory(timeline, entries);
        } catch (IllegalArgumentException e) {
            throw bad(timeline, String.valueOf(e.getMessage()));
        }
    }

    /** The timeline that this one was branched off; empty for timeline 1. */
    public Optional<TimelineId> parent() {
        return entries.isEmpty()
                ? Optional.empty()
                : Optional.of(entries.getLast().timeline());
    }

    /** Where this timeline begins, on its parent; empty for timeline 1. */
    public Optional<Lsn> begin() {
        return entries.isEmpty()
                ? Optional.empty()
                : Optional.of(entries.getLast().switchPoint());
    }

    /** The timeline, of this one and its ancestors, on which the byte at {@code lsn} was written. */
    public TimelineId timelineOf(Lsn lsn) {
        var found = timeline;
        for (var entry : entries.reversed()) {
            if (lsn.compareTo(entry.switchPoint()) < 0) {
                found = entry.timeline();
            } else {
                break;
            }
        }
        return found;
    }

    /**
     * Where the line of descent to this timeline leaves {@code ancestor}: from this position on, bytes of that timeline
     * are not part of this one's history. Empty if it is no ancestor; it is not its own.
     */
    public Optional<Lsn> switchPointOf(TimelineId ancestor) {
        Optional<Lsn> left = Optional.empty();
        for (var entry : entries) {
            if (entry.timeline().equals(ancestor)) {
                left = Optional.of(entry.switchPoint());
            } else if (left.isPresent() && entry.switchPoint().isBefore(left.get())) {
                left = Optional.of(entry.switchPoint());
            }
        }
        return left;
    }

    /**
     * Whether the byte at {@code lsn} on {@code onTimeline} is part of this timeline's history. For a position that is
     * the end of something, ask for the byte before.
     */
    public boolean ancestryContains(TimelineId onTimeline, Lsn lsn) {
        return timelineOf(lsn).equals(onTimeline);
    }

    private static Entry entry(TimelineId timeline, String line) throws IntegrityException {
        var match = LINE.matcher(line);
        if (!match.matches()) {
            throw bad(timeline, "no timeline and position in line \"" + line + "\"");
        }
        try {
            var reason = match.group(3);
            return new Entry(
                    TimelineId.parse(match.group(1)), Lsn.parse(match.group(2)), reason == null ? "" : reason.strip());
        } catch (IllegalArgumentException e) {
            throw bad(timeline, String.valueOf(e.getMessage()));
        }
    }

    private static IntegrityException bad(TimelineId timeline, String why) {
        return Fault.of(
                        ErrorCode.NOT_WAL,
                        "WAL file \"" + new WalFile.TimelineHistoryFile(timeline).name()
                                + "\" is not the history of timeline " + timeline + ": " + why)
                .integrity();
    }
}
