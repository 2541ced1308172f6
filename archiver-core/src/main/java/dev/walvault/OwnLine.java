package dev.walvault;

/** What people paste into a shell or into psql, within a hint or a fix: on a line of its own, which nothing breaks. */
public final class OwnLine {
    /** Begins each such line. */
    public static final String INDENT = "    ";

    private OwnLine() {}

    /** Ends the line before it. What follows it begins with a line feed. */
    public static String of(String command) {
        return "\n" + INDENT + command;
    }
}
