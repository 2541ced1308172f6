package dev.walvault.reach;

import dev.walvault.ArchiverException;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.WalArchive;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which segments of one timeline are in the vault.
 *
 * @param runs without a gap, in order, by segment numbers
 * @param written the last segment that the server is known to have finished, whether it is here or not: what is stored
 *     of an unfinished one, and a backup's own file, tell of those before them; -1 if nothing tells of any
 * @param foreign the first objects in the timeline's place that are no files of its WAL
 */
public record WalCoverage(TimelineId timeline, List<Run> runs, long written, List<ObjectKey> foreign) {
    private static final int FOREIGN_SHOWN = 20;
    private static final long NOTHING = -1;

    /** Both ends are part of it. */
    public record Run(long first, long last) {}

    public WalCoverage {
        runs = List.copyOf(runs);
        foreign = List.copyOf(foreign);
    }

    /** Lists the store. As large in memory as there are gaps, not segments. */
    public static WalCoverage of(WalArchive wal, TimelineId timeline, WalSegmentSize size) throws ArchiverException {
        var builder = new Builder();
        wal.each(
                timeline,
                file -> {
                    Optional<WalFile.Segment> segment = file.ofSegment();
                    if (segment.isPresent() && segment.get().fits(size)) {
                        builder.add(file, segment.get().toWalSegment(size).number());
                    } else {
                        builder.addForeign(wal.keyOf(file));
                    }
                },
                builder::addForeign);
        return builder.finish(timeline);
    }

    /** What is in any of them, of the same timeline. */
    static WalCoverage together(TimelineId timeline, List<WalCoverage> parts) {
        var runs = new ArrayList<Run>();
        parts.stream()
                .flatMap(part -> part.runs.stream())
                .sorted(Comparator.comparingLong(Run::first))
                .forEach(run -> {
                    boolean touches = !runs.isEmpty() && run.first <= runs.getLast().last + 1;
                    if (touches) {
                        Run former = runs.removeLast();
                        runs.add(new Run(former.first, Math.max(former.last, run.last)));
                    } else {
                        runs.add(run);
                    }
                });
        List<ObjectKey> foreign = parts.stream()
                .flatMap(part -> part.foreign.stream())
                .distinct()
                .limit(FOREIGN_SHOWN)
                .toList();
        long written = parts.stream().mapToLong(WalCoverage::written).max().orElse(NOTHING);
        return new WalCoverage(timeline, runs, written, foreign);
    }

    /** Of a timeline of which nothing is stored. */
    static WalCoverage nothing(TimelineId timeline) {
        return new WalCoverage(timeline, List.of(), NOTHING, List.of());
    }

    /** How many there are. */
    long segments() {
        return runs.stream().mapToLong(run -> run.last - run.first + 1).sum();
    }

    public boolean isEmpty() {
        return runs.isEmpty();
    }

    /** What lies between the runs, or behind the last one and was written. */
    public List<Run> gaps() {
        var gaps = new ArrayList<Run>();
        for (int i = 1; i < runs.size(); i++) {
            gaps.add(new Run(runs.get(i - 1).last + 1, runs.get(i).first - 1));
        }
        if (!runs.isEmpty() && written > runs.getLast().last) {
            gaps.add(new Run(runs.getLast().last + 1, written));
        }
        return gaps;
    }

    /** The end of the run that has this segment; empty if it is missing. */
    OptionalLong endOfRun(long number) {
        int at = lastRunFrom(number);
        return at >= 0 && runs.get(at).last >= number ? OptionalLong.of(runs.get(at).last) : OptionalLong.empty();
    }

    /** The first segment that is there and not before this one. */
    OptionalLong firstFrom(long number) {
        int at = lastRunFrom(number);
        if (at >= 0 && runs.get(at).last >= number) {
            return OptionalLong.of(number);
        }
        return at + 1 < runs.size() ? OptionalLong.of(runs.get(at + 1).first) : OptionalLong.empty();
    }

    /** The place of the last run that begins at this segment or before. */
    private int lastRunFrom(long number) {
        int low = 0;
        int high = runs.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (runs.get(middle).first <= number) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    private static final class Builder {
        private final List<Run> runs = new ArrayList<>();
        private final List<ObjectKey> foreign = new ArrayList<>();
        private long first = -1;
        private long last = -1;
        private long written = NOTHING;

        void add(WalFile file, long number) {
            if (file instanceof WalFile.Segment) {
                add(number);
            }
            written = Math.max(written, file instanceof WalFile.Partial ? number - 1 : number);
        }

        private void add(long number) {
            if (first >= 0 && number == last + 1) {
                last = number;
                return;
            }
            close();
            first = number;
            last = number;
        }

        void addForeign(ObjectKey key) {
            if (foreign.size() < FOREIGN_SHOWN) {
                foreign.add(key);
            }
        }

        private void close() {
            if (first >= 0) {
                runs.add(new Run(first, last));
            }
        }

        WalCoverage finish(TimelineId timeline) {
            close();
            return new WalCoverage(timeline, runs, written, foreign);
        }
    }
}
