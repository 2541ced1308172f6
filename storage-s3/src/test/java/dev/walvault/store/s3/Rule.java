package dev.walvault.store.s3;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** Which requests a {@link FaultProxy} treats badly, and how. */
public final class Rule {
    private final When when;
    private final Misbehaviour misbehaviour;
    private final AtomicInteger matched = new AtomicInteger();
    private final AtomicInteger fired = new AtomicInteger();

    private Rule(When when, Misbehaviour misbehaviour) {
        this.when = when;
        this.misbehaviour = misbehaviour;
    }

    /** Begins a rule for every request that matches; {@link RequestKind} is such a predicate. */
    public static When on(Predicate<S3Request> matches) {
        return new When(matches, 0, Integer.MAX_VALUE, () -> true);
    }

    /** How often it fired. */
    public int fired() {
        return fired.get();
    }

    Misbehaviour misbehaviour() {
        return misbehaviour;
    }

    synchronized boolean firesFor(S3Request request) {
        boolean fires = when.matches.test(request)
                && matched.incrementAndGet() > when.passing
                && fired.get() < when.limit
                && when.drawn.getAsBoolean();
        if (fires) {
            fired.incrementAndGet();
        }
        return fires;
    }

    /** The first half of a rule, narrowed step by step. */
    public record When(Predicate<S3Request> matches, int passing, int limit, BooleanSupplier drawn) {

        /** Lets the first {@code count} matching requests pass. */
        public When after(int count) {
            return new When(matches, count, limit, drawn);
        }

        /** Fires {@code count} times at most. */
        public When times(int count) {
            return new When(matches, passing, count, drawn);
        }

        public When once() {
            return times(1);
        }

        /** Fires for a share of the matching requests, drawn from {@code random}, which is this rule's alone. */
        public When withProbability(double probability, RandomGenerator random) {
            return new When(matches, passing, limit, () -> random.nextDouble() < probability);
        }

        public Rule then(Misbehaviour misbehaviour) {
            return new Rule(this, misbehaviour);
        }
    }
}
