package dev.walvault.it.benchmark;

/** A row of the table: what is measured, in which unit, and what is wanted. */
record Measure(String name, Unit unit, Goal goal) {
    /** What its figures are. */
    enum Unit {
        MILLISECONDS("ms"),
        SECONDS("s"),
        MEGABYTES("MB"),
        MEGABYTES_PER_SECOND("MB/s"),
        COUNT("");

        private final String symbol;

        Unit(String symbol) {
            this.symbol = symbol;
        }

        String symbol() {
            return symbol;
        }
    }

    static Measure of(String name, Unit unit) {
        return new Measure(name, unit, new Goal.None());
    }

    Measure wanted(Goal other) {
        return new Measure(name, unit, other);
    }

    /** The name with its unit, as the table's first column has it. */
    String title() {
        return unit.symbol().isEmpty() ? name : name + ", " + unit.symbol();
    }
}
