package dev.walvault.cli.toml;

/** Strings, in double quotes with escape sequences or in single quotes without, on one line or on several. */
final class TomlStrings {
    private static final String LINES = "\"\"\"";
    private static final String LITERAL_LINES = "'''";

    private final TomlCursor cursor;

    TomlStrings(TomlCursor cursor) {
        this.cursor = cursor;
    }

    /** The string that begins here, which may have three quotes and several lines. */
    String ofAnyLines() throws TomlException {
        if (cursor.isNext(LINES)) {
            return lines(LINES);
        }
        return cursor.isNext(LITERAL_LINES) ? lines(LITERAL_LINES) : ofOneLine();
    }

    String ofOneLine() throws TomlException {
        Position position = cursor.position();
        String quote = cursor.next() == '"' ? "\"" : "'";
        cursor.skip(1);
        int begin = cursor.mark();
        while (cursor.next() != quote.charAt(0) && cursor.next() != '\\') {
            character(quote, position);
        }
        String plain = cursor.from(begin);
        if (cursor.skipIf(quote)) {
            return plain;
        }
        var text = new StringBuilder(plain);
        while (!cursor.skipIf(quote)) {
            if (cursor.next() == '\\' && quote.equals("\"")) {
                escape(text);
            } else {
                text.append(character(quote, position));
            }
        }
        return text.toString();
    }

    private String lines(String quotes) throws TomlException {
        Position position = cursor.position();
        var text = new StringBuilder();
        cursor.skip(quotes.length());
        if (cursor.isAtLineEnd()) {
            cursor.takeLineEnd();
        }
        while (!cursor.skipIf(quotes)) {
            if (cursor.isAtLineEnd()) {
                text.append(cursor.takeLineEnd());
            } else if (cursor.next() == '\\' && quotes.equals(LINES)) {
                if (!skipJoint()) {
                    escape(text);
                }
            } else {
                text.append(character(quotes, position));
            }
        }
        // up to two quotes may stand before the three that end it
        String quote = quotes.substring(0, 1);
        for (int more = 0; more < 2 && cursor.skipIf(quote); more++) {
            text.append(quote);
        }
        return text.toString();
    }

    /** A character as it is, of a string that begins at a position and ends with these quotes. */
    private char character(String quotes, Position begin) throws TomlException {
        int c = cursor.next();
        if (c == TomlCursor.END || cursor.isAtLineEnd()) {
            throw cursor.expected(
                    quotes.length() == 1
                            ? "a closing " + quotes + " on the same line"
                            : quotes + " at the end of the string that begins in line " + begin.line());
        }
        if (TomlCursor.isControl(c)) {
            throw cursor.expected("an escape sequence such as \\n in place of a control character");
        }
        cursor.skip(1);
        return (char) c;
    }

    /** Whether a backslash at the end of a line joins it with the next that is not blank. */
    private boolean skipJoint() {
        int ahead = 1;
        while (cursor.next(ahead) == ' ' || cursor.next(ahead) == '\t') {
            ahead++;
        }
        boolean joint = cursor.next(ahead) == '\n' || (cursor.next(ahead) == '\r' && cursor.next(ahead + 1) == '\n');
        if (joint) {
            cursor.skip(ahead);
            while (cursor.isAtLineEnd()) {
                cursor.takeLineEnd();
                cursor.skipBlanks();
            }
        }
        return joint;
    }

    private void escape(StringBuilder text) throws TomlException {
        Position begin = cursor.position();
        cursor.skip(1);
        int letter = cursor.next();
        cursor.skip(letter == TomlCursor.END ? 0 : 1);
        switch (letter) {
            case 'b' -> text.append('\b');
            case 't' -> text.append('\t');
            case 'n' -> text.append('\n');
            case 'f' -> text.append('\f');
            case 'r' -> text.append('\r');
            case '"', '\\' -> text.append((char) letter);
            case 'u' -> text.appendCodePoint(codePoint(4, begin));
            case 'U' -> text.appendCodePoint(codePoint(8, begin));
            default -> throw wrongEscape(begin);
        }
    }

    private int codePoint(int digits, Position begin) throws TomlException {
        long value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = cursor.next() > 0x7F ? -1 : Character.digit(cursor.next(), 16);
            if (digit < 0) {
                throw wrongEscape(begin);
            }
            value = value * 16 + digit;
            cursor.skip(1);
        }
        boolean surrogate = value >= Character.MIN_SURROGATE && value <= Character.MAX_SURROGATE;
        if (surrogate || value > Character.MAX_CODE_POINT) {
            throw wrongEscape(begin);
        }
        return (int) value;
    }

    private static TomlException wrongEscape(Position begin) {
        return new TomlException(
                "expected an escape sequence; a backslash is written \\\\, or the string in single quotes", begin);
    }
}
