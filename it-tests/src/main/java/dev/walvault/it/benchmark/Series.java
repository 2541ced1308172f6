package dev.walvault.it.benchmark;

import java.util.Arrays;
import java.util.List;

/** What one contender needed in each round of one measure. */
record Series(List<Double> values) {
    Series {
        values = values.stream().sorted().toList();
        if (values.isEmpty()) {
            throw new IllegalArgumentException("a series without a value");
        }
    }

    static Series of(double... values) {
        return new Series(Arrays.stream(values).boxed().toList());
    }

    /** The middle one; of an even number, the mean of the two in the middle. */
    double median() {
        int half = values.size() / 2;
        return values.size() % 2 == 1 ? values.get(half) : (values.get(half - 1) + values.get(half)) / 2;
    }

    double min() {
        return values.getFirst();
    }

    double max() {
        return values.getLast();
    }
}
