package dev.walvault.cli.toml;

import java.util.ArrayList;
import java.util.List;

/** Reads a whole document, once from its beginning to its end; stops at the first mistake. */
public final class TomlReader {
    /** A configuration needs two or three; a thousand would not fit on the stack. */
    private static final int DEEPEST = 64;

    private final TomlCursor cursor;
    private final TomlStrings strings;
    private int depth;

    private TomlReader(String text) {
        this.cursor = new TomlCursor(text);
        this.strings = new TomlStrings(cursor);
    }

    /** The table that is the document. */
    public static TomlTable read(String text) throws TomlException {
        return new TomlReader(text).document();
    }

    private TomlTable document() throws TomlException {
        TomlTable document = TomlTable.document();
        TomlTable section = document;
        cursor.skipLines();
        while (!cursor.isAtEnd()) {
            if (cursor.next() == '[') {
                section = header(document);
            } else {
                pair(section);
            }
            cursor.finishLine();
            cursor.skipLines();
        }
        return document;
    }

    private TomlTable header(TomlTable document) throws TomlException {
        boolean one = !cursor.skipIf("[[");
        if (one) {
            cursor.skip(1);
        }
        List<Key> keys = keys();
        String end = one ? "]" : "]]";
        if (!cursor.skipIf(end)) {
            throw cursor.expected("\"" + end + "\" after the name of the section");
        }
        TomlTable table = document;
        for (Key key : keys.subList(0, keys.size() - 1)) {
            table = table.above(key);
        }
        return one ? table.opened(keys.getLast()) : table.appended(keys.getLast());
    }

    private void pair(TomlTable section) throws TomlException {
        List<Key> keys = keys();
        if (!cursor.skipIf("=")) {
            throw cursor.expected("\"=\" after the key");
        }
        cursor.skipBlanks();
        TomlTable table = section;
        for (Key key : keys.subList(0, keys.size() - 1)) {
            table = table.dotted(key);
        }
        table.put(keys.getLast(), value());
    }

    /** One key or several with dots between, and the blanks around them. */
    private List<Key> keys() throws TomlException {
        var keys = new ArrayList<Key>();
        do {
            cursor.skipBlanks();
            keys.add(key());
            cursor.skipBlanks();
        } while (cursor.skipIf("."));
        return keys;
    }

    private Key key() throws TomlException {
        Position position = cursor.position();
        if (cursor.next() == '"' || cursor.next() == '\'') {
            return new Key(strings.ofOneLine(), position);
        }
        int begin = cursor.mark();
        while (isBare(cursor.next())) {
            cursor.skip(1);
        }
        String name = cursor.from(begin);
        if (name.isEmpty()) {
            throw cursor.expected("a key: letters, digits, \"_\" and \"-\", or a string in quotes");
        }
        return new Key(name, position);
    }

    private TomlValue value() throws TomlException {
        Position position = cursor.position();
        return switch (cursor.next()) {
            case '"', '\'' -> new TomlValue.Text(strings.ofAnyLines(), position);
            case '[' -> array(position);
            case '{' -> inlineTable(position);
            default -> TomlWord.read(cursor);
        };
    }

    /** Begins what contains further values. */
    private void enter() throws TomlException {
        if (depth == DEEPEST) {
            throw cursor.expected("no more than " + DEEPEST + " arrays and tables in each other");
        }
        depth++;
        cursor.skip(1);
    }

    private TomlArray array(Position position) throws TomlException {
        var array = new TomlArray(false, position);
        enter();
        cursor.skipLines();
        while (!cursor.skipIf("]")) {
            array.add(value());
            cursor.skipLines();
            if (cursor.next() != ']' && !cursor.skipIf(",")) {
                throw cursor.expected("\",\" or \"]\" in the array that begins in line " + position.line());
            }
            cursor.skipLines();
        }
        depth--;
        return array;
    }

    private TomlTable inlineTable(Position position) throws TomlException {
        TomlTable table = TomlTable.inline(position);
        enter();
        cursor.skipBlanks();
        if (!cursor.skipIf("}")) {
            do {
                pair(table);
                cursor.skipBlanks();
            } while (cursor.skipIf(","));
            if (!cursor.skipIf("}")) {
                throw cursor.expected("\",\" or \"}\" in the table, which stands in one line");
            }
        }
        depth--;
        return table;
    }

    private static boolean isBare(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    }
}
