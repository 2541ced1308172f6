package dev.walvault;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** A word of a command line that people paste into a shell. */
public final class ShellWord {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:%+=@-]+");

    private ShellWord() {}

    /** Quoted where a shell would not leave it alone. */
    public static String of(String text) {
        return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
    }

    /** The same for a path. */
    public static String of(Path path) {
        return of(path.toString());
    }
}
