package dev.walvault.points;

import dev.walvault.pg.TimelineId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** Segments of several timelines, by their numbers. As large in memory as there are gaps. For one thread. */
final class SegmentRuns {
    private final NavigableMap<TimelineId, NavigableMap<Long, Long>> runs = new TreeMap<>();

    /** Segments without a gap; both ends are part of it. */
    record Run(TimelineId timeline, long first, long last) {
        long segments() {
            return last - first + 1;
        }
    }

    void add(Run run) {
        NavigableMap<Long, Long> all = runs.computeIfAbsent(run.timeline, _ -> new TreeMap<>());
        long first = run.first;
        long last = run.last;
        Map.Entry<Long, Long> before = all.floorEntry(first);
        if (before != null && before.getValue() >= first - 1) {
            first = before.getKey();
        }
        for (var each = all.ceilingEntry(first); each != null && each.getKey() <= last + 1; ) {
            last = Math.max(last, each.getValue());
            all.remove(each.getKey());
            each = all.ceilingEntry(first);
        }
        all.put(first, last);
    }

    void addAll(SegmentRuns others) {
        others.all().forEach(this::add);
    }

    Set<TimelineId> timelines() {
        return runs.keySet();
    }

    boolean contains(TimelineId timeline, long number) {
        Map.Entry<Long, Long> run = runs.getOrDefault(timeline, new TreeMap<>()).floorEntry(number);
        return run != null && run.getValue() >= number;
    }

    /** In PostgreSQL's order of archiving. */
    List<Run> all() {
        var all = new ArrayList<Run>();
        runs.forEach((timeline, each) -> each.forEach((first, last) -> all.add(new Run(timeline, first, last))));
        return all;
    }

    long segments() {
        return all().stream().mapToLong(Run::segments).sum();
    }

    SegmentRuns minus(SegmentRuns others) {
        var rest = new SegmentRuns();
        for (Run run : all()) {
            long next = run.first;
            for (Run hole : others.touching(run)) {
                rest.addUpTo(run.timeline, next, hole.first - 1);
                next = hole.last + 1;
            }
            rest.addUpTo(run.timeline, next, run.last);
        }
        return rest;
    }

    private void addUpTo(TimelineId timeline, long first, long last) {
        if (first <= last) {
            add(new Run(timeline, first, last));
        }
    }

    /** Those that are in both. */
    SegmentRuns within(SegmentRuns others) {
        return minus(minus(others));
    }

    private List<Run> touching(Run run) {
        var touching = new ArrayList<Run>();
        NavigableMap<Long, Long> all = runs.getOrDefault(run.timeline, new TreeMap<>());
        for (var each = all.floorEntry(run.last); each != null && each.getValue() >= run.first; ) {
            touching.addFirst(new Run(run.timeline, each.getKey(), each.getValue()));
            each = all.lowerEntry(each.getKey());
        }
        return touching;
    }

    /** So many of the newest: those of the highest timeline first. */
    SegmentRuns newest(long most) {
        var newest = new SegmentRuns();
        long room = most;
        for (Run run : all().reversed()) {
            long part = Math.min(room, run.segments());
            newest.addUpTo(run.timeline, run.last - part + 1, run.last);
            room -= part;
        }
        return newest;
    }
}
