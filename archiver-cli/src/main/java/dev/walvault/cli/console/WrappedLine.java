package dev.walvault.cli.console;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A line for a terminal: broken between words, where nothing that somebody may copy is cut. */
final class WrappedLine {
    /** As far as a terminal moves to the right for a tab. */
    private static final int TAB = 8;

    /**
     * What stays whole: text in quotation marks, a command that begins with one of these words and goes on to the end
     * of its clause, or else a word. An apostrophe within a word begins no literal.
     */
    private static final Pattern WORD = Pattern.compile(
            "(?:chmod|chown|openssl|ALTER SYSTEM|SELECT) (?:\"[^\"]*\"|[^;,\"])*[;,]?|(?:(?<![^ =(])'[^']*'|\"[^\"]*\"|\\S)+");

    private WrappedLine() {}

    /** With the ends of its lines, but for the last; those that follow the first begin with a tab. */
    static String of(String line, int width) {
        List<String> words = WORD.matcher(line)
                .results()
                .map(MatchResult::group)
                .map(String::strip)
                .toList();
        if (line.length() <= width || words.isEmpty()) {
            return line;
        }
        // also the two blanks behind the first word, and the tab of a line that continues another
        int begin = line.indexOf(words.getFirst());
        var out = new StringBuilder(line.substring(0, begin));
        int column = begin + (line.startsWith("\t") ? TAB - 1 : 0);
        int at = begin;
        for (String word : words) {
            int place = line.indexOf(word, at);
            int gap = place - at;
            at = place + word.length();
            if (gap > 0 && column + gap + word.length() > width) {
                out.append("\n\t");
                column = TAB;
            } else {
                out.append(" ".repeat(gap));
                column += gap;
            }
            out.append(word);
            column += word.length();
        }
        return out.toString();
    }
}
