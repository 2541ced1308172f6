package dev.walvault.aside;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** What walvault itself keeps in the directories of a server. It is no part of the server, nor of a backup. */
public final class OwnNames {
    /** In each directory that a restore is filling. */
    public static final String RESTORE_MARKER = "walvault-restore.incomplete";

    /** In the directory whose content is being replaced, as long as that lasts. */
    static final String LOCK = "walvault-in-place.lock";

    /** In the directory that holds the content of the old data directory. */
    static final String JOURNAL = "walvault-in-place.json";

    /** Begins the name of a directory, within the one whose content it holds. */
    static final String INSIDE = ".walvault-aside-";

    /** Stands between the name of a directory and the time, where what it held is beside it. */
    static final String BESIDE = ".before-restore-";

    private static final String LOST_AND_FOUND = "lost+found";

    private OwnNames() {}

    /** Whether the directory is one in which {@code --in-place} keeps old files, by its name. */
    public static boolean isAside(Path directory) {
        String name = String.valueOf(directory.getFileName());
        return name.startsWith(INSIDE) || name.matches(".*" + Pattern.quote(BESIDE) + "\\d{8}T\\d{6}Z.*");
    }

    /** Whether a restore in place is under way in this directory, or was interrupted. */
    public static boolean isBeingReplaced(Path directory) {
        return Files.exists(directory.resolve(LOCK), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Whether this entry of a directory stays there when the directory is emptied, and does not count when it is
     * filled.
     */
    public static boolean stays(String name) {
        return name.startsWith(INSIDE) || name.equals(LOCK) || name.equals(LOST_AND_FOUND);
    }

    /** Whether a backup leaves this entry of a data directory out. */
    public static boolean isOwn(String name) {
        return name.startsWith(INSIDE) || name.equals(LOCK) || name.equals(RESTORE_MARKER);
    }
}
