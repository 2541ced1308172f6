package dev.walvault;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Runs a property for many random inputs, and says how to run it again for the one that failed.
 *
 * <pre>{@code
 * Seeds.forEach(200, random -> {
 *     var lsn = new Lsn(random.nextLong());
 *     assertThat(Lsn.parse(lsn.toString())).isEqualTo(lsn);
 * });
 * }</pre>
 *
 * <p>Each run has a generator of its own, made from its own seed. A failure names that seed; with {@code -Dseed=N} the
 * property runs once, for that seed.
 */
public final class Seeds {
    private Seeds() {}

    /** What must hold for every input that can be drawn from {@code random}. */
    @FunctionalInterface
    public interface Property {
        void check(RandomGenerator random) throws Exception;
    }

    /**
     * Checks the property {@code runs} times, or once if a seed is given.
     *
     * @throws AssertionError at the first failure, with the seed in its message and the failure as its cause
     */
    public static void forEach(int runs, Property property) {
        Long given = given();
        if (given != null) {
            check(given, property);
            return;
        }
        var seeds = new SplittableRandom();
        for (int run = 0; run < runs; run++) {
            check(seeds.nextLong(), property);
        }
    }

    private static void check(long seed, Property property) {
        try {
            property.check(new SplittableRandom(seed));
        } catch (Exception | AssertionError e) {
            throw new AssertionError("seed " + seed + " (run again with -Dseed=" + seed + "): " + e.getMessage(), e);
        }
    }

    /** The build passes the property on as it stands, so an unset one arrives as text that is not a number. */
    private static @Nullable Long given() {
        String text = System.getProperty("seed", "");
        return text.matches("-?[0-9]{1,19}") ? Long.valueOf(text) : null;
    }
}
