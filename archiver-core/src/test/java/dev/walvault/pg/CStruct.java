package dev.walvault.pg;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The offsets that a 64-bit compiler gives the fields of a C struct. */
final class CStruct {
    private static final Pattern FIELD = Pattern.compile("(\\w+)\\s+(\\w+)(?:\\[(\\d+)])?\\s*(?:;|$)");

    private final Map<String, Integer> offsets = new LinkedHashMap<>();
    private int end;
    private int alignment = 1;

    /**
     * Adds fields as in a header, separated by semicolons: {@code uint64 redo; bool fullPageWrites; char nonce[32]}.
     */
    CStruct fields(String fields) {
        var field = FIELD.matcher(fields);
        while (field.find()) {
            int bytes = bytes(field.group(1));
            int count = field.group(3) == null ? 1 : Integer.parseInt(field.group(3));
            add(field.group(2), bytes, bytes * count);
        }
        return this;
    }

    /** Adds a field that is a struct itself; its fields are {@code name.field}. */
    CStruct struct(String name, CStruct inner) {
        int at = add(name, inner.alignment, inner.size());
        inner.offsets.forEach((field, offset) -> offsets.put(name + "." + field, at + offset));
        return this;
    }

    int offset(String field) {
        Integer offset = offsets.get(field);
        if (offset == null) {
            throw new IllegalArgumentException("no field " + field);
        }
        return offset;
    }

    private int add(String name, int align, int bytes) {
        int at = (end + align - 1) / align * align;
        offsets.put(name, at);
        end = at + bytes;
        alignment = Math.max(alignment, align);
        return at;
    }

    private int size() {
        return (end + alignment - 1) / alignment * alignment;
    }

    private static int bytes(String type) {
        return switch (type) {
            case "bool", "char" -> 1;
            case "int", "enum", "uint32" -> 4;
            case "int64", "uint64", "double" -> 8;
            default -> throw new IllegalArgumentException(type);
        };
    }
}
