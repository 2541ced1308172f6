package dev.walvault.cli.toml;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Values in their order: in brackets, or tables with a header of double brackets each. */
public final class TomlArray implements TomlValue {
    private final List<TomlValue> elements = new ArrayList<>();
    private final boolean ofHeaders;
    private final Position position;

    /**
     * An array without elements.
     *
     * @param ofHeaders whether headers add tables to it; one in brackets is complete as it is written
     */
    TomlArray(boolean ofHeaders, Position position) {
        this.ofHeaders = ofHeaders;
        this.position = position;
    }

    void add(TomlValue element) {
        elements.add(element);
    }

    boolean isOfHeaders() {
        return ofHeaders;
    }

    public List<TomlValue> elements() {
        return Collections.unmodifiableList(elements);
    }

    @Override
    public Position position() {
        return position;
    }

    @Override
    public String what() {
        return ofHeaders ? "an array of tables" : "an array";
    }
}
