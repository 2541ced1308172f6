package dev.walvault.cli.toml;

/** How far a text is read. */
final class TomlCursor {
    /** Where the text ends. */
    static final int END = -1;

    private final String text;
    private int at;
    private int line = 1;
    private int lineBegin;

    TomlCursor(String text) {
        this.text = text;
        if (text.startsWith("\uFEFF")) {
            at = 1;
            lineBegin = 1;
        }
    }

    int next() {
        return next(0);
    }

    /** The character that follows some others. */
    int next(int ahead) {
        return at + ahead < text.length() ? text.charAt(at + ahead) : END;
    }

    boolean isNext(String expected) {
        return text.startsWith(expected, at);
    }

    boolean isAtEnd() {
        return at >= text.length();
    }

    boolean isAtLineEnd() {
        return next() == '\n' || isNext("\r\n");
    }

    /** Goes on by some characters, none of which ends a line. */
    void skip(int count) {
        at += count;
    }

    boolean skipIf(String expected) {
        boolean there = isNext(expected);
        if (there) {
            skip(expected.length());
        }
        return there;
    }

    void skipBlanks() {
        while (next() == ' ' || next() == '\t') {
            at++;
        }
    }

    /** The line end that stands here. */
    String takeLineEnd() {
        String taken = next() == '\r' ? "\r\n" : "\n";
        at += taken.length();
        line++;
        lineBegin = at;
        return taken;
    }

    /** Where {@link #from} begins. */
    int mark() {
        return at;
    }

    String from(int mark) {
        return text.substring(mark, at);
    }

    /** What follows on the line: blanks, perhaps a comment, and its end. */
    void finishLine() throws TomlException {
        skipBlanks();
        if (next() == '#') {
            while (!isAtEnd() && !isAtLineEnd()) {
                if (isControl(next())) {
                    throw expected("a comment without control characters");
                }
                at++;
            }
        }
        if (isAtEnd()) {
            return;
        }
        if (!isAtLineEnd()) {
            throw expected("the end of the line or a comment");
        }
        takeLineEnd();
    }

    /** Blanks, line ends and comments. */
    void skipLines() throws TomlException {
        skipBlanks();
        while (next() == '#' || isAtLineEnd()) {
            finishLine();
            skipBlanks();
        }
    }

    Position position() {
        return new Position(line, text.codePointCount(lineBegin, at) + 1);
    }

    TomlException expected(String what) {
        return new TomlException("expected " + what, position());
    }

    /** What TOML has neither in a comment nor in a string as it is. */
    static boolean isControl(int c) {
        return (c < ' ' && c != '\t' && c != END) || c == 0x7F;
    }
}
