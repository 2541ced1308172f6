package dev.walvault.it.benchmark;

import java.util.Map;
import java.util.Optional;

/** What is wanted of the native program in one row of the table. */
sealed interface Goal {
    /** Nothing: the row is there to be looked at. */
    record None() implements Goal {}

    /** A median of at most {@code limit} times pgbackrest's. */
    record TimesPgbackrest(double limit) implements Goal {}

    /** A median of at most {@code limit}. */
    record AtMost(double limit) implements Goal {}

    /** A median of at least {@code limit}. */
    record AtLeast(double limit) implements Goal {}

    /** Whether it is reached, unless that cannot be told because a contender is missing. */
    default Optional<Boolean> reached(Map<Contender, Series> results) {
        var ours = Optional.ofNullable(results.get(Contender.NATIVE)).map(Series::median);
        return switch (this) {
            case None() -> Optional.empty();
            case TimesPgbackrest(double limit) -> ratio(results).map(ratio -> ratio <= limit);
            case AtMost(double limit) -> ours.map(median -> median <= limit);
            case AtLeast(double limit) -> ours.map(median -> median >= limit);
        };
    }

    /** The native program's median by pgbackrest's. */
    static Optional<Double> ratio(Map<Contender, Series> results) {
        var ours = results.get(Contender.NATIVE);
        var theirs = results.get(Contender.PGBACKREST);
        return ours == null || theirs == null ? Optional.empty() : Optional.of(ours.median() / theirs.median());
    }
}
