package dev.walvault.cli.packaging;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Text of a manual page, in which no character means anything but itself. */
record RoffText(String escaped) {
    static final RoffText EMPTY = new RoffText("");

    private static final Pattern CODE = Pattern.compile("`([^`]*)`");
    private static final Pattern TIGHT_COMMA = Pattern.compile(",(?=\\S)");
    private static final Pattern LINK = Pattern.compile("\\[([^]]*)]\\([^)]*\\)");

    static RoffText plain(String text) {
        return new RoffText(escape(text));
    }

    static RoffText bold(String text) {
        return new RoffText("\\fB" + escape(text) + "\\fR");
    }

    static RoffText italic(String text) {
        return new RoffText("\\fI" + escape(text) + "\\fR");
    }

    /** Of Markdown: {@code `code`} in bold, a link as what it says. */
    static RoffText markdown(String text) {
        var all = EMPTY;
        var code = CODE.matcher(LINK.matcher(text).replaceAll("$1"));
        var between = new StringBuilder();
        while (code.find()) {
            between.setLength(0);
            code.appendReplacement(between, "");
            all = all.plus(plain(between.toString())).plus(bold(code.group(1)));
        }
        between.setLength(0);
        code.appendTail(between);
        return all.plus(plain(between.toString()));
    }

    RoffText plus(RoffText more) {
        return new RoffText(escaped + more.escaped);
    }

    RoffText plus(String more) {
        return plus(plain(more));
    }

    boolean isEmpty() {
        return escaped.isEmpty();
    }

    /**
     * What can be copied from the page must be ASCII's hyphen, quotes and accents, which roff would make typographic
     * ones of. JSON has no blanks at which a line could end, so it may end after a comma.
     */
    private static String escape(String text) {
        String escaped = text.codePoints().mapToObj(RoffText::escape).collect(Collectors.joining());
        return TIGHT_COMMA.matcher(escaped).replaceAll(",\\\\:");
    }

    private static String escape(int character) {
        return switch (character) {
            case '\\' -> "\\(rs";
            case '-' -> "\\-";
            case '\'' -> "\\(aq";
            case '`' -> "\\(ga";
            case '^' -> "\\(ha";
            case '~' -> "\\(ti";
            default -> character < 0x7F ? Character.toString(character) : "\\[u%04X]".formatted(character);
        };
    }
}
