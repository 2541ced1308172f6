package dev.walvault.store;

import java.util.regex.Pattern;

/**
 * The name of an object below the root of a store: names joined by {@code /}, never empty, never absolute, without
 * {@code .} and {@code ..}. Letters, digits and {@code . _ - % + =} only, so that a key is also a safe file name; other
 * characters are percent-encoded by whoever builds the key. A name never begins with a dot: those are the drivers'.
 */
public record ObjectKey(String value) implements Comparable<ObjectKey> {
    private static final String NAME = "[A-Za-z0-9_%+=-][A-Za-z0-9._%+=-]{0,254}";
    private static final Pattern ONE_NAME = Pattern.compile(NAME);
    private static final Pattern SHAPE = Pattern.compile(NAME + "(/" + NAME + ")*");

    public ObjectKey {
        if (!isKey(value)) {
            throw new IllegalArgumentException("invalid object key \"" + value + "\"");
        }
    }

    public static ObjectKey of(String first, String... more) {
        return new ObjectKey(more.length == 0 ? first : first + "/" + String.join("/", more));
    }

    /** Whether {@code text} can be one of the names that a key consists of. */
    public static boolean isName(String text) {
        return ONE_NAME.matcher(text).matches();
    }

    /** Whether {@code text} can be a key. */
    public static boolean isKey(String text) {
        return SHAPE.matcher(text).matches();
    }

    public ObjectKey child(String name) {
        return new ObjectKey(value + "/" + name);
    }

    /** The part after the last {@code /}. */
    public String name() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    @Override
    public int compareTo(ObjectKey other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
