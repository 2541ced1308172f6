package dev.walvault.cli.console;

import dev.walvault.OwnLine;
import dev.walvault.examine.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A finding as people read it: on a page of 80 columns, in colours for those who see them. */
final class FindingText {
    private static final int VERDICT = 8;
    private static final int CHECK = 21;
    private static final String INDENT = " ".repeat(VERDICT + CHECK);

    private static final String PLAIN = "\u001b[0m";
    private static final Map<Finding.Verdict, String> COLOURS = Map.of(
            Finding.Verdict.OK, "\u001b[32m",
            Finding.Verdict.WARNING, "\u001b[33m",
            Finding.Verdict.FAILED, "\u001b[1;31m",
            Finding.Verdict.SKIPPED, "\u001b[2m");

    /** An apostrophe within a word begins no literal. */
    private static final Pattern WORD = Pattern.compile("(?:(?<![^ =(])'[^']*'|(?<![^ =(])\"[^\"]*\"|\\S)+");

    private final boolean coloured;

    FindingText(boolean coloured) {
        this.coloured = coloured;
    }

    /** All lines of it, the last one without its end. */
    String of(Finding finding) {
        var lines = new ArrayList<String>();
        for (String line : wrapped(Texts.visible(finding.seen()), Texts.PAGE_WIDTH - INDENT.length())) {
            lines.add(placed(lines.isEmpty() ? head(finding) : INDENT, INDENT.length(), line));
        }
        finding.fix().ifPresent(fix -> addFix(Texts.visible(fix), lines));
        return String.join("\n", lines);
    }

    private static void addFix(String fix, List<String> lines) {
        String mark = "-> ";
        for (String part : fix.lines().toList()) {
            if (part.startsWith(OwnLine.INDENT)) {
                lines.add(part.strip());
                continue;
            }
            for (String line : wrapped(part, Texts.PAGE_WIDTH - INDENT.length() - mark.length())) {
                lines.add(placed(INDENT + mark, INDENT.length() + mark.length(), line));
                mark = " ".repeat(mark.length());
            }
        }
    }

    /** Behind the margin; what is too long for that has a line of its own, as far to the right as it fits. */
    private static String placed(String margin, int columns, String line) {
        int left = Texts.PAGE_WIDTH - line.length();
        if (columns <= left) {
            return margin + line;
        }
        String own = " ".repeat(Math.max(0, left)) + line;
        return margin.isBlank() ? own : margin.stripTrailing() + "\n" + own;
    }

    private String head(Finding finding) {
        String verdict = finding.verdict().name();
        String shown = coloured ? COLOURS.get(finding.verdict()) + verdict + PLAIN : verdict;
        String check = Texts.visibleLine(finding.check());
        // a long name has its own line
        String pad = check.length() < CHECK ? " ".repeat(CHECK - check.length()) : "\n" + INDENT;
        return shown + " ".repeat(VERDICT - verdict.length()) + check + pad;
    }

    /**
     * A word, a literal of SQL or a command in quotes that is longer than a line stays whole, so that it can be copied.
     */
    private static List<String> wrapped(String text, int width) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        for (String word : WORD.matcher(text).results().map(MatchResult::group).toList()) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
