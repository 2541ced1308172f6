package dev.walvault.it.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** All results, as one table in Markdown. */
final class Table {
    private static final String NOTHING = "-";

    private record Row(Measure measure, Map<Contender, Series> results) {}

    private final List<Row> rows = new ArrayList<>();

    /** Adds a row; a contender without a series gets a dash. */
    void add(Measure measure, Map<Contender, Series> results) {
        rows.add(new Row(measure, Map.copyOf(results)));
    }

    String markdown() {
        var lines = new ArrayList<String>();
        lines.add(line(head()));
        lines.add("|---|" + "---:|".repeat(Contender.values().length + 1) + "---|---|");
        rows.forEach(row -> lines.add(line(cells(row))));
        return String.join("\n", lines) + "\n";
    }

    private static List<String> head() {
        var head = new ArrayList<String>();
        head.add("");
        Arrays.stream(Contender.values()).map(Contender::title).forEach(head::add);
        head.addAll(List.of("native ÷ pgbackrest", "wanted", ""));
        return head;
    }

    private static List<String> cells(Row row) {
        var cells = new ArrayList<String>();
        cells.add(row.measure().title());
        for (Contender contender : Contender.values()) {
            var series = row.results().get(contender);
            cells.add(series == null ? NOTHING : text(series));
        }
        cells.add(Goal.ratio(row.results()).map(Table::number).orElse(NOTHING));
        cells.add(text(row.measure().goal()));
        cells.add(row.measure()
                .goal()
                .reached(row.results())
                .map(reached -> reached ? "met" : "**missed**")
                .orElse(""));
        return cells;
    }

    private static String text(Goal goal) {
        return switch (goal) {
            case Goal.None() -> "";
            case Goal.TimesPgbackrest(double limit) -> "ratio ≤ " + number(limit);
            case Goal.AtMost(double limit) -> "≤ " + number(limit);
            case Goal.AtLeast(double limit) -> "≥ " + number(limit);
        };
    }

    private static String text(Series series) {
        return series.min() == series.max()
                ? number(series.median())
                : "%s (%s–%s)".formatted(number(series.median()), number(series.min()), number(series.max()));
    }

    /** Three digits that count, and no zeros at the end. */
    private static String number(double value) {
        int decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;
        String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
        return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
    }

    private static String line(List<String> cells) {
        return cells.stream().collect(Collectors.joining(" | ", "| ", " |"));
    }
}
