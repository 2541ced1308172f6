package dev.walvault.cli.toml;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keys and what they stand for, in the order in which they were first written. */
public final class TomlTable implements TomlValue {
    /** How a table came to be, which decides who may still write to it. */
    private enum Kind {
        /** By the header of a table within it: it may get a header, or dotted keys, once. */
        IMPLIED,

        /** By its own header, or by being the whole document. */
        HEADER,

        /** By dotted keys: only others may go on, and those of no other section reach it. */
        DOTTED,

        /** In braces: complete as it is written. */
        INLINE
    }

    private final Map<String, TomlValue> values = new LinkedHashMap<>();
    private Kind kind;
    private Position position;

    private TomlTable(Kind kind, Position position) {
        this.kind = kind;
        this.position = position;
    }

    static TomlTable document() {
        return new TomlTable(Kind.HEADER, new Position(1, 1));
    }

    static TomlTable inline(Position position) {
        return new TomlTable(Kind.INLINE, position);
    }

    public Map<String, TomlValue> values() {
        return Collections.unmodifiableMap(values);
    }

    /**
     * The tables with headers {@code [[key]]}, or in an array; none if there is no such key.
     *
     * @throws TomlException if the key stands for something else
     */
    public List<TomlTable> tables(String key) throws TomlException {
        TomlValue found = values.get(key);
        if (found == null) {
            return List.of();
        }
        if (!(found instanceof TomlArray array)) {
            throw notTables(key, found);
        }
        var tables = new ArrayList<TomlTable>();
        for (TomlValue element : array.elements()) {
            if (!(element instanceof TomlTable table)) {
                throw notTables(key, element);
            }
            tables.add(table);
        }
        return tables;
    }

    private static TomlException notTables(String key, TomlValue found) {
        return new TomlException(
                "expected tables, each with a header [[" + key + "]], not " + found.what(), found.position());
    }

    @Override
    public Position position() {
        return position;
    }

    @Override
    public String what() {
        return "a table";
    }

    /** Gives a new key its value. */
    void put(Key key, TomlValue value) throws TomlException {
        TomlValue before = values.putIfAbsent(key.name(), value);
        if (before != null) {
            throw twice(key, before);
        }
    }

    /** The table that a part of a dotted key names, but for the last part. */
    TomlTable dotted(Key key) throws TomlException {
        TomlValue there = values.get(key.name());
        if (there == null) {
            return added(key, Kind.DOTTED);
        }
        if (there instanceof TomlTable table && (table.kind == Kind.IMPLIED || table.kind == Kind.DOTTED)) {
            table.kind = Kind.DOTTED;
            return table;
        }
        throw twice(key, there);
    }

    /** The table that a part of a header names, but for the last part. */
    TomlTable above(Key key) throws TomlException {
        TomlValue there = values.get(key.name());
        if (there == null) {
            return added(key, Kind.IMPLIED);
        }
        if (there instanceof TomlArray array
                && array.isOfHeaders()
                && array.elements().getLast() instanceof TomlTable last) {
            return last;
        }
        if (there instanceof TomlTable table && table.kind != Kind.INLINE) {
            return table;
        }
        throw twice(key, there);
    }

    /** The table that a header begins. */
    TomlTable opened(Key key) throws TomlException {
        TomlValue there = values.get(key.name());
        if (there == null) {
            return added(key, Kind.HEADER);
        }
        if (there instanceof TomlTable table && table.kind == Kind.IMPLIED) {
            table.kind = Kind.HEADER;
            table.position = key.position();
            return table;
        }
        throw twice(key, there);
    }

    /** The table that a header of double brackets begins. */
    TomlTable appended(Key key) throws TomlException {
        TomlValue there = values.computeIfAbsent(key.name(), _ -> new TomlArray(true, key.position()));
        if (!(there instanceof TomlArray array && array.isOfHeaders())) {
            throw twice(key, there);
        }
        var table = new TomlTable(Kind.HEADER, key.position());
        array.add(table);
        return table;
    }

    private TomlTable added(Key key, Kind how) {
        var table = new TomlTable(how, key.position());
        values.put(key.name(), table);
        return table;
    }

    private static TomlException twice(Key key, TomlValue before) {
        return new TomlException(
                "\"" + key.name() + "\" is defined in line " + before.position().line() + " already", key.position());
    }
}
