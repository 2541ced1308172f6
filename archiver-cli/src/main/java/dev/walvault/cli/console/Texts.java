package dev.walvault.cli.console;

import dev.walvault.config.Masked;
import dev.walvault.pg.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Sizes, times and tables as people read them. */
public final class Texts {
    /** Columns of a terminal, and of a page of help. */
    public static final int PAGE_WIDTH = 80;

    private static final String[] UNITS = {"bytes", "kB", "MB", "GB", "TB", "PB"};

    private Texts() {}

    /** As {@code pg_size_pretty} prints it: four or five digits, then the next unit. */
    public static String size(long bytes) {
        double amount = bytes;
        int unit = 0;
        while (Math.abs(amount) >= 10 * 1024 - 0.5 && unit < UNITS.length - 1) {
            amount /= 1024;
            unit++;
        }
        return Math.round(amount) + " " + UNITS[unit];
    }

    /**
     * Without what would act on a terminal or pretend to be another line, and without secrets: names and labels out of
     * a vault may have been written by anybody. Line feeds stay.
     */
    static String visible(String text) {
        var out = new StringBuilder();
        Masked.text(text).codePoints().forEach(c -> {
            boolean acts = Character.isISOControl(c) || Character.getType(c) == Character.FORMAT;
            if (!acts || c == '\n') {
                out.appendCodePoint(c);
            } else {
                out.append(String.format(Locale.ROOT, c > 0xFF ? "\\u%04X" : "\\x%02X", c));
            }
        });
        return out.toString();
    }

    /** The same in one line. */
    public static String visibleLine(String text) {
        return visible(text).replace("\n", "\\n");
    }

    /** {@code 1 file}, {@code 2 files}. */
    public static String counted(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    /** With its offset, so that nobody has to guess. */
    public static String time(Instant time, ZoneId zone) {
        return Timestamps.text(time, zone);
    }

    /** {@code 1h02m}, {@code 3m20s}, {@code 45s}. */
    static String shortly(Duration duration) {
        if (duration.toHours() > 0) {
            return String.format(Locale.ROOT, "%dh%02dm", duration.toHours(), duration.toMinutesPart());
        }
        if (duration.toMinutes() > 0) {
            return String.format(Locale.ROOT, "%dm%02ds", duration.toMinutes(), duration.toSecondsPart());
        }
        return duration.toSeconds() + "s";
    }

    /** Its beginning, if it is longer than {@code most}. */
    public static String shortened(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 1) + "…";
    }

    /** Rows under their headings, each column as wide as its widest cell; amounts to the right. */
    public static String table(List<String> headings, List<List<String>> rows) {
        var all = new ArrayList<List<String>>();
        all.add(headings);
        rows.forEach(row -> all.add(row.stream().map(Texts::visibleLine).toList()));
        int[] widths = new int[headings.size()];
        boolean[] right = new boolean[headings.size()];
        Arrays.setAll(
                widths,
                column -> all.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0));
        for (int column = 0; column < right.length; column++) {
            int at = column;
            right[column] = !rows.isEmpty() && rows.stream().allMatch(row -> isAmount(row.get(at)));
        }
        var out = new StringBuilder();
        for (List<String> row : all) {
            var line = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                String padding = " ".repeat(widths[column] - row.get(column).length());
                line.append(right[column] ? padding + row.get(column) : row.get(column) + padding)
                        .append("  ");
            }
            out.append(line.toString().stripTrailing()).append('\n');
        }
        return out.toString();
    }

    private static boolean isAmount(String cell) {
        return cell.matches("[0-9]{1,18}( (bytes|[kMGTP]B))?|[0-9.]+:1");
    }
}
